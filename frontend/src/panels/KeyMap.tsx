import { BINDINGS } from "../editor/keymap";
import type { KeyGroup } from "../editor/keyBinding";
import type { EditorModel } from "../editor/model";
import { useStore } from "../editor/store";
import { rememberKeys } from "../editor/ui";
import { Dialog } from "../ui/Dialog";
import { Key } from "./Key";

const GROUPS: readonly KeyGroup[] = ["Review", "Labels", "Moving", "Tube", "Picture", "Work"];

/** Every key, and the switch that turns them off. */
export function KeyMap({ model }: { model: EditorModel }) {
  const keysOn = useStore(model.ui, (ui) => ui.keysOn);
  return (
    <Dialog title="Keys" onClose={() => model.ui.set({ dialog: null })}>
      <label className="row small keys-switch">
        <input
          type="checkbox"
          checked={keysOn}
          onChange={(event) => {
            rememberKeys(event.target.checked);
            model.ui.set({ keysOn: event.target.checked });
          }}
        />
        Single keys act. Switched off, only those with Ctrl, F1 and Esc do.
      </label>
      <div className="key-map">
        {GROUPS.map((group) => (
          <section key={group} aria-label={group}>
            <h3>{group}</h3>
            <dl>
              {group === "Labels" && <LabelRows />}
              {BINDINGS.filter((b) => b.group === group && b.title).map((binding) => (
                <div key={binding.id} className="key-row">
                  <dt>
                    {binding.keys
                      .filter((key) => !/Numpad|Backspace/.test(key))
                      .map((key) => (
                        <Key key={key} name={key} />
                      ))}
                  </dt>
                  <dd>{binding.title}</dd>
                </div>
              ))}
            </dl>
          </section>
        ))}
      </div>
    </Dialog>
  );
}

function LabelRows() {
  const rows = [
    [["1", "…", "0"], "Label on or off from here; in review, on the whole tube"],
    [["Shift+1"], "Mark while playing: start, then end; in review, only this label"],
  ] as const;
  return rows.map(([names, title]) => (
    <div key={title} className="key-row">
      <dt>
        {names.map((name) => (
          <Key key={name} name={name} />
        ))}
      </dt>
      <dd>{title}</dd>
    </div>
  ));
}
