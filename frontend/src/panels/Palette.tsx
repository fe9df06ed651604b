import { spansOf } from "../domain/annotations";
import type { Label } from "../domain/taxonomy";
import { pressLabel } from "../editor/keyActions";
import { labelKeys } from "../editor/labelKeys";
import type { EditorSession } from "../editor/session";
import { useStore } from "../editor/store";
import { Name } from "../ui/Name";
import { Key } from "./Key";

/** The labels with their keys; lit where they are on at the frame shown. */
export function Palette({ session }: { session: EditorSession }) {
  const { model } = session;
  const hasTube = useStore(model.ui, (ui) => ui.tubeId !== null);
  const kind = hasTube ? "action" : "segment";
  const labels = model.labelsOf(kind);
  const classes = hasTube ? [] : model.labelsOf("video_class");
  return (
    <section className="box" aria-label="Labels">
      <div className="row spread">
        <h3 className="box-title">{hasTube ? "Actions" : "Segment labels"}</h3>
        <button
          type="button"
          className="link small"
          onClick={() => model.ui.set({ dialog: "labels" })}
        >
          Find <Key name="KeyL" />
        </button>
      </div>
      {labels.length === 0 && (
        <p className="hint">This project has no {kind} label yet. Add one on its Labels page.</p>
      )}
      <ul className="palette">
        {[...labels, ...classes].map((label) => (
          <PaletteItem key={label.id} session={session} label={label} />
        ))}
      </ul>
      {labels.length > 0 && (
        <p className="hint">
          A key switches its label on or off from here. <Key name="Shift" /> and the key marks while
          playing: once at the start, once at the end.
        </p>
      )}
    </section>
  );
}

function PaletteItem({ session, label }: { session: EditorSession; label: Label }) {
  const { model } = session;
  const annotations = useStore(model.doc, (doc) => doc.shown);
  const tubeId = useStore(model.ui, (ui) => ui.tubeId);
  const isMarking = useStore(model.ui, (ui) => ui.marking?.labelId === label.id);
  const isCurrent = useStore(model.ui, (ui) => ui.labelId === label.id);
  const owner = label.kind === "action" ? tubeId : null;
  const spans = spansOf(annotations, owner);
  // Asked anew for each frame, but drawn again only when the answer changes.
  const isOn = useStore(model.player.head, ({ frame }) =>
    spans.some(
      (span) =>
        span.label_id === label.id &&
        span.state !== "rejected" &&
        span.start_frame <= frame &&
        frame < span.end_frame,
    ),
  );
  const names = ["palette-item"];
  if (isOn) names.push("is-on");
  if (isMarking) names.push("is-marking");
  if (isCurrent) names.push("is-current");
  const key = labelKeys(model.project.labels).find((entry) => entry.label.id === label.id);
  return (
    <li>
      <button
        type="button"
        className={names.join(" ")}
        aria-pressed={isOn}
        style={{ "--label": label.color } as React.CSSProperties}
        onClick={(event) => pressLabel(session, label, event.shiftKey)}
      >
        <i className="swatch" />
        <Name text={label.name} />
        {key && <Key name={key.text} />}
      </button>
    </li>
  );
}
