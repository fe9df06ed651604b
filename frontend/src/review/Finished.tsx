import { coverWhole, isVideoCovered, openTubes, uncoverVideo } from "../editor/actions/review";
import { openSegments } from "../editor/actions/segments";
import { plural } from "../pages/format";
import type { EditorSession } from "../editor/session";
import { useStore } from "../editor/store";
import { Key } from "../panels/Key";
import { Button, ButtonLink } from "../ui/Button";
import { Icon } from "../ui/Icon";

/** Nothing is left to decide here: is the whole video done, and where next? */
export function Finished({ session }: { session: EditorSession }) {
  const { model, reviewer } = session;
  const isCovered = useStore(model.doc, (doc) =>
    isVideoCovered(model, doc.annotations),
  );
  const skipped = useStore(
    model.doc,
    ({ annotations }) => openSegments(annotations).length + openTubes(annotations).length,
  );
  const order = useStore(model.ui, (ui) => ui.order);
  return (
    <div className="finished" data-testid="finished">
      <h3 className={skipped > 0 ? "finished-left" : undefined}>
        {skipped === 0 ? (
          <>
            <Icon name="check" /> Every proposal of this video is decided
          </>
        ) : (
          `${plural(skipped, "proposal")} of this video left undecided`
        )}
      </h3>
      {isCovered ? (
        <p className="row small">
          <span className="badge badge-ok">The whole video is reviewed</span>
          <button type="button" className="link" onClick={() => uncoverVideo(model)}>
            take back
          </button>
        </p>
      ) : (
        <>
          <p className="small muted">
            Is nobody missing, on any frame? Then say so: only reviewed time trains and is exported.
          </p>
          <Button variant="primary" onClick={() => coverWhole(model)}>
            Mark the whole video as reviewed <Key name="Shift+Enter" />
          </Button>
        </>
      )}
      <div className="row row-wrap">
        {order === "video" && (
          <Button
            small
            onClick={() => {
              reviewer.setOrder("queue");
              reviewer.goOn();
            }}
          >
            Next from the project’s queue
          </Button>
        )}
        <ButtonLink small href={`/projects/${model.project.id}/queue`}>
          Back to the queue
        </ButtonLink>
      </div>
    </div>
  );
}
