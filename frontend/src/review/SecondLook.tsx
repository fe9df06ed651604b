import type { QueueItem } from "../api/types";
import type { Label } from "../domain/taxonomy";
import type { Tube } from "../domain/tube";
import type { EditorSession } from "../editor/session";
import { useStore } from "../editor/store";
import { Key } from "../panels/Key";
import { Button } from "../ui/Button";
import { Icon } from "../ui/Icon";
import { Name } from "../ui/Name";
import { Questions } from "./Questions";
import { labelsByScore, reviewKeys } from "./reviewKeys";
import { pressAction } from "./second";

interface Props {
  session: EditorSession;
  tube: Tube;
  item: QueueItem;
}

/** The form of a second look: what is said here is compared, and changes no annotation. */
export function SecondLook({ session, tube, item }: Props) {
  const { model, reviewer } = session;
  const { person } = useStore(model.ui, (ui) => ui.second);
  const isBusy = useStore(model.ui, (ui) => ui.isFetchingNext);
  return (
    <>
      <h3>Tube {tube.number ?? "(new)"}, seen by a second person</h3>
      <Questions item={item} />
      <div className="segmented second-person" role="group" aria-label="Is this a person?">
        <button type="button" aria-pressed={person === true} onClick={() => reviewer.sayPerson()}>
          A person <Key name="KeyP" />
        </button>
        <button type="button" aria-pressed={person === false} onClick={() => reviewer.reject()}>
          Not a person <Key name="KeyX" />
        </button>
      </div>
      <Actions session={session} tube={tube} />
      <div className="answers">
        <Button variant="primary" busy={isBusy} onClick={() => reviewer.accept()}>
          <Icon name="check" /> Save and next <Key name="Enter" />
        </Button>
        <Button variant="ghost" title="Leave it to somebody else" onClick={() => void reviewer.unsure()}>
          Unsure <Key name="KeyU" />
        </Button>
      </div>
      <p className="hint">
        It is compared with what was said first, to see how far people agree. No annotation changes.
      </p>
    </>
  );
}

function Actions({ session, tube }: { session: EditorSession; tube: Tube }) {
  const { model } = session;
  const { labelIds } = useStore(model.ui, (ui) => ui.second);
  const keys = new Map(reviewKeys(model, tube).map((key) => [key.label.id, key.text]));
  return (
    <ul className="action-list" aria-label="Actions you see">
      {labelsByScore(model, tube).map((label) => (
        <Action
          key={label.id}
          label={label}
          keyText={keys.get(label.id) ?? ""}
          isOn={labelIds.includes(label.id)}
          onPress={(isOnly) => pressAction(model, label, isOnly)}
        />
      ))}
    </ul>
  );
}

interface ActionProps {
  label: Label;
  keyText: string;
  isOn: boolean;
  onPress: (isOnly: boolean) => void;
}

function Action({ label, keyText, isOn, onPress }: ActionProps) {
  return (
    <li>
      <button
        type="button"
        role="checkbox"
        aria-checked={isOn}
        className={`action-item ${isOn ? "is-on" : ""}`}
        style={{ "--label": label.color } as React.CSSProperties}
        onClick={(event) => onPress(event.shiftKey)}
      >
        {keyText ? <Key name={keyText} /> : <span className="key key-none" />}
        <Name text={label.name} className="grow" />
        {isOn && <Icon name="check" size={14} />}
      </button>
    </li>
  );
}
