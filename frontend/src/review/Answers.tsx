import type { EditorSession } from "../editor/session";
import { Key } from "../panels/Key";
import { Button } from "../ui/Button";
import { Icon } from "../ui/Icon";

interface Props {
  reviewer: EditorSession["reviewer"];
  busy?: boolean;
  /** False where only the actions of somebody who was confirmed are asked. */
  canReject?: boolean;
}

/** The answers to a proposal, with their keys. */
export function Answers({ reviewer, busy, canReject = true }: Props) {
  return (
    <div className="answers answers-four">
      <Button variant="primary" busy={busy ?? false} onClick={() => reviewer.accept()}>
        <Icon name="check" /> Accept <Key name="Enter" />
      </Button>
      {canReject && (
        <Button variant="danger" onClick={() => reviewer.reject()}>
          Reject <Key name="KeyX" />
        </Button>
      )}
      <Button
        variant="ghost"
        title="Leave it to somebody else (U)"
        onClick={() => void reviewer.unsure()}
      >
        Unsure <Key name="KeyU" />
      </Button>
      <Button
        variant="ghost"
        title="Put it aside until another model asks for it (S)"
        onClick={() => reviewer.skip()}
      >
        Skip <Key name="KeyS" />
      </Button>
    </div>
  );
}
