import type { EditorModel } from "../editor/model";
import { useStore } from "../editor/store";
import type { SaveStatus } from "../sync/status";
import { Button } from "../ui/Button";

type Tone = "ok" | "busy" | "warn" | "bad";

const TONES: Record<SaveStatus["state"], Tone> = {
  saved: "ok",
  saving: "busy",
  offline: "warn",
  signed_out: "warn",
  refused: "bad",
  conflict: "bad",
};

/** How saving stands, always in sight. */
export function SaveState({ model }: { model: EditorModel }) {
  const status = useStore(model.doc, (doc) => doc.status);
  return (
    <span
      className={`save save-${TONES[status.state]}`}
      role="status"
      data-testid="save-state"
      data-state={status.state}
    >
      <i className="save-dot" aria-hidden="true" />
      {wordsFor(status)}
      {status.state === "offline" && (
        <button type="button" className="link" onClick={() => model.engine.flush()}>
          Try now
        </button>
      )}
      {status.state === "refused" && (
        <Button small variant="danger" onClick={() => void model.engine.discardRefused()}>
          Give it up
        </Button>
      )}
      {status.state === "conflict" && (
        <Button small variant="primary" onClick={() => model.ui.set({ dialog: "conflict" })}>
          Decide…
        </Button>
      )}
    </span>
  );
}

export function wordsFor(status: SaveStatus): string {
  switch (status.state) {
    case "saved":
      return "Saved";
    case "saving":
      return "Saving…";
    case "offline":
      return `Offline: ${edits(status.edits)} kept here`;
    case "signed_out":
      return `Logged out: ${edits(status.edits)} kept here. Log in again in another tab`;
    case "refused":
      return `Not accepted: ${status.message}`;
    case "conflict":
      return "Changed by someone else too";
  }
}

function edits(count: number): string {
  return count === 1 ? "1 edit" : `${count} edits`;
}
