import { Icon } from "../ui/Icon";
import { Key } from "../panels/Key";

/** Over a hold-out video: why it is empty, and what is asked of the person. */
export function BlindBanner() {
  return (
    <p className="blind-banner" role="note" data-testid="blind-banner">
      <Icon name="eye" size={14} />
      <span>
        <b>Hold-out video</b>: annotated from scratch. Proposals are hidden, so that it can tell the
        truth. Draw everybody, then mark it as reviewed <Key name="Shift+Enter" />
      </span>
    </p>
  );
}
