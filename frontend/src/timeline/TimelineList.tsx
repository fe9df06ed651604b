import { spansOf, tubesInOrder } from "../domain/annotations";
import type { Span } from "../domain/span";
import { endFrame, startFrame } from "../domain/tube";
import { labelName } from "../editor/actions/spans";
import { pickTube, tubeName } from "../editor/actions/tubes";
import type { EditorModel } from "../editor/model";
import { useStore } from "../editor/store";

/** The timeline in words, for those who do not see it: every row and every span. */
export function TimelineList({ model }: { model: EditorModel }) {
  const annotations = useStore(model.doc, (doc) => doc.annotations);
  const choose = (tubeId: string | null, span: Span | null, frame: number) => {
    pickTube(model, tubeId, span?.id ?? null);
    model.player.seek(frame);
  };
  const spansIn = (tubeId: string | null) => (
    <ul>
      {spansOf(annotations, tubeId).map((span) => (
        <li key={span.id} data-testid="timeline-span">
          <button
            type="button"
            tabIndex={-1}
            onClick={() => choose(tubeId, span, span.start_frame)}
          >
            {labelName(model, span.label_id)}, {span.state}, frames {span.start_frame} to{" "}
            {span.end_frame - 1}
          </button>
        </li>
      ))}
    </ul>
  );
  return (
    <ul className="visually-hidden" aria-label="Timeline rows">
      <li>Segments of the video {spansIn(null)}</li>
      {tubesInOrder(annotations).map((tube) => (
        <li key={tube.id} data-testid="timeline-tube">
          <button
            type="button"
            tabIndex={-1}
            onClick={() => choose(tube.id, null, startFrame(tube))}
          >
            Tube {tubeName(tube)}, {labelName(model, tube.label_id)}, {tube.state}, frames{" "}
            {startFrame(tube)} to {endFrame(tube) - 1}, {tube.keyframes.length} keyframes
          </button>
          {spansIn(tube.id)}
        </li>
      ))}
    </ul>
  );
}
