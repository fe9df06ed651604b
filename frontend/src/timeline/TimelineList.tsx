import { memo } from "react";

import { spansOf, tubesInOrder } from "../domain/annotations";
import type { Span } from "../domain/span";
import { endFrame, startFrame, type Tube } from "../domain/tube";
import { labelName } from "../editor/actions/spans";
import { pickTube, tubeName } from "../editor/actions/tubes";
import type { EditorModel } from "../editor/model";
import { useStore } from "../editor/store";

/** The timeline in words, for those who do not see it: every row and every span. */
export function TimelineList({ model }: { model: EditorModel }) {
  const annotations = useStore(model.doc, (doc) => doc.shown);
  return (
    <ul className="visually-hidden" aria-label="Timeline rows">
      <li>
        Segments of the video
        <Spans model={model} spans={spansOf(annotations, null)} />
      </li>
      {tubesInOrder(annotations).map((tube) => (
        <TubeRow key={tube.id} model={model} tube={tube} spans={spansOf(annotations, tube.id)} />
      ))}
    </ul>
  );
}

interface SpansProps {
  model: EditorModel;
  spans: readonly Span[];
}

const TubeRow = memo(function TubeRow({ model, tube, spans }: SpansProps & { tube: Tube }) {
  return (
    <li data-testid="timeline-tube">
      <button
        type="button"
        tabIndex={-1}
        onClick={() => choose(model, tube.id, null, startFrame(tube))}
      >
        Tube {tubeName(tube)}, {labelName(model, tube.label_id)}, {tube.state}, frames{" "}
        {startFrame(tube)} to {endFrame(tube) - 1}, {tube.keyframes.length} keyframes
      </button>
      <Spans model={model} spans={spans} />
    </li>
  );
});

function Spans({ model, spans }: SpansProps) {
  return (
    <ul>
      {spans.map((span) => (
        <li key={span.id} data-testid="timeline-span">
          <button
            type="button"
            tabIndex={-1}
            onClick={() => choose(model, span.tube_id, span.id, span.start_frame)}
          >
            {labelName(model, span.label_id)}, {span.state}, frames {span.start_frame} to{" "}
            {span.end_frame - 1}
          </button>
        </li>
      ))}
    </ul>
  );
}

function choose(
  model: EditorModel,
  tubeId: string | null,
  spanId: string | null,
  frame: number,
): void {
  pickTube(model, tubeId, spanId);
  model.player.seek(frame);
}
