import type { FrameRange } from "../domain/span";
import { isStretchCovered } from "../editor/actions/review";
import type { EditorSession } from "../editor/session";
import { useStore } from "../editor/store";
import { Key } from "../panels/Key";
import { clock } from "../timeline/time";
import { Button } from "../ui/Button";
import { Icon } from "../ui/Icon";
import { Questions } from "./Questions";

/** Is anybody or anything missing in these frames? */
export function StretchQuestion({ session, stretch }: { session: EditorSession; stretch: FrameRange }) {
  const { model, reviewer } = session;
  const item = useStore(model.ui, (ui) => ui.item);
  const isBusy = useStore(model.ui, (ui) => ui.isFetchingNext);
  useStore(model.doc, (doc) => doc.annotations);
  const at = (frame: number) => clock(model.timebase.timeS(frame));
  return (
    <>
      <div className="row">
        <h3>Stretch</h3>
        <span className="small muted number">
          {at(stretch.start_frame)}–{at(stretch.end_frame)}
        </span>
        {isStretchCovered(model, stretch) && <span className="badge badge-ok">looked through</span>}
      </div>
      {item?.kind === "stretch" ? (
        <Questions item={item} />
      ) : (
        <p className="hint">Is anybody or anything missing here?</p>
      )}
      <div className="answers">
        <Button variant="primary" busy={isBusy} onClick={() => reviewer.accept()}>
          <Icon name="check" /> Nothing is missing <Key name="Enter" />
        </Button>
      </div>
      <div className="answers">
        <Button onClick={() => model.ui.set({ tool: "draw" })}>
          <Icon name="draw" /> Draw who is <Key name="KeyN" />
        </Button>
        <Button variant="ghost" title="Leave it to somebody else" onClick={() => void reviewer.unsure()}>
          Unsure <Key name="KeyU" />
        </Button>
        <Button variant="ghost" onClick={() => reviewer.skip()}>
          Skip <Key name="KeyS" />
        </Button>
      </div>
      <p className="hint">
        What you draw or change on the way counts. “Nothing is missing” says that every person and
        every segment of these frames is there: only such time trains as empty.
      </p>
    </>
  );
}
