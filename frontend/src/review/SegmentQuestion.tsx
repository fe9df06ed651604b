import type { Span } from "../domain/span";
import type { EditorSession } from "../editor/session";
import { useStore } from "../editor/store";
import { Key } from "../panels/Key";
import { Origin } from "../panels/Origin";
import { StateMark } from "../panels/StateMark";
import { clock } from "../timeline/time";
import { Answers } from "./Answers";
import { Questions } from "./Questions";

/** One proposed segment of the video, and the three answers. */
export function SegmentQuestion({ session, span }: { session: EditorSession; span: Span }) {
  const { model, reviewer } = session;
  const label = model.labels.get(span.label_id);
  const item = useStore(model.ui, (ui) => ui.item);
  const isBusy = useStore(model.ui, (ui) => ui.isFetchingNext);
  const at = (frame: number) => clock(model.timebase.timeS(frame));
  return (
    <>
      <div className="row">
        <StateMark state={span.state} color={label?.color} />
        <h3>Segment · {label?.name ?? "?"}</h3>
        {span.state !== "proposed" && <span className="badge badge-ok">decided</span>}
      </div>
      <p className="small muted number">
        {at(span.start_frame)}–{at(span.end_frame)}
      </p>
      {span.run_id !== null && <Origin model={model} of={span} />}
      {item?.span_id === span.id && <Questions item={item} />}
      <Answers reviewer={reviewer} busy={isBusy} />
      <p className="hint">
        Drag its ends on the timeline, or set them here with <Key name="BracketLeft" /> and{" "}
        <Key name="BracketRight" />.
      </p>
    </>
  );
}
