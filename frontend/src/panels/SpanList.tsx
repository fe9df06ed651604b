import { useState } from "react";

import { spansOf } from "../domain/annotations";
import type { Span } from "../domain/span";
import type { LabelKind } from "../domain/taxonomy";
import { decideSegment } from "../editor/actions/segments";
import { dropSpan, setSpan } from "../editor/actions/spans";
import type { EditorModel } from "../editor/model";
import { useStore } from "../editor/store";
import { Icon } from "../ui/Icon";
import { Name } from "../ui/Name";
import { Origin } from "./Origin";
import { StateMark } from "./StateMark";
import { IconButton } from "./Transport";

interface ListProps {
  model: EditorModel;
  tubeId: string | null;
  kind: LabelKind;
}

/** The actions of a tube or the segments of the video, with times that can be typed. */
export function SpanList({ model, tubeId, kind }: ListProps) {
  const annotations = useStore(model.doc, (doc) => doc.shown);
  const showRejected = useStore(model.ui, (ui) => ui.showRejected);
  const spans = spansOf(annotations, tubeId).filter(
    (span) => showRejected || span.state !== "rejected",
  );
  const mode = useStore(model.ui, (ui) => ui.mode);
  if (spans.length === 0) {
    if (mode === "review" || model.labelsOf(kind).length === 0) return null;
    const what = kind === "action" ? "action" : "segment";
    return <p className="hint">No {what} yet: press a label’s key where it begins.</p>;
  }
  return (
    <ul className="span-list" aria-label={kind === "action" ? "Actions" : "Segments"}>
      {spans.map((span) => (
        <SpanItem key={span.id} model={model} span={span} />
      ))}
    </ul>
  );
}

function SpanItem({ model, span }: { model: EditorModel; span: Span }) {
  const isChosen = useStore(model.ui, (ui) => ui.spanId === span.id);
  const label = model.labels.get(span.label_id);
  return (
    <li
      className={isChosen ? "span-item is-chosen" : "span-item"}
      data-testid="span"
      data-state={span.state}
      data-label={label?.name}
    >
      <button
        type="button"
        className="span-name"
        aria-pressed={isChosen}
        onClick={() => {
          model.select(span.tube_id, isChosen ? null : span.id);
          model.player.seek(span.start_frame);
        }}
      >
        <StateMark state={span.state} color={label?.color} />
        <Name text={label?.name ?? "?"} />
        {span.state === "proposed" && <Origin model={model} of={span} scoreOnly />}
      </button>
      <FrameField
        label={`First frame of ${label?.name}`}
        value={span.start_frame}
        onChange={(start_frame) => setSpan(model, span, { start_frame })}
      />
      <span className="muted">–</span>
      <FrameField
        label={`Last frame of ${label?.name}`}
        value={span.end_frame - 1}
        onChange={(last) => setSpan(model, span, { end_frame: last + 1 })}
      />
      {span.tube_id === null && span.state === "proposed" && (
        <IconButton
          label={`Accept ${label?.name}`}
          onClick={() => decideSegment(model, span, "accepted")}
        >
          <Icon name="check" size={14} />
        </IconButton>
      )}
      <IconButton label={`Remove ${label?.name}`} onClick={() => dropSpan(model, span)}>
        <Icon name="close" size={14} />
      </IconButton>
    </li>
  );
}

interface FieldProps {
  label: string;
  value: number;
  onChange: (frame: number) => void;
}

/** A frame number that is taken on Enter or when the field is left. */
function FrameField({ label, value, onChange }: FieldProps) {
  const [text, setText] = useState<string | null>(null);
  const take = () => {
    const frame = Number(text);
    if (text !== null && text.trim() !== "" && Number.isInteger(frame) && frame !== value) {
      onChange(Math.max(0, frame));
    }
    setText(null);
  };
  return (
    <input
      className="input input-small frame-field number"
      inputMode="numeric"
      aria-label={label}
      title={label}
      value={text ?? value}
      onChange={(event) => setText(event.target.value)}
      onBlur={take}
      onKeyDown={(event) => {
        if (event.key === "Enter") event.currentTarget.blur();
        if (event.key !== "Escape") return;
        setText(null);
        event.currentTarget.blur();
      }}
    />
  );
}
