import { useMemo, useState } from "react";

import type { Label } from "../domain/taxonomy";
import { pressLabel } from "../editor/keyActions";
import { keyOf } from "../editor/labelKeys";
import type { EditorSession } from "../editor/session";
import { useStore } from "../editor/store";
import { Dialog } from "../ui/Dialog";
import { Name } from "../ui/Name";
import { Key } from "./Key";

const MOST_SHOWN = 60;

/** Type a few letters, press Enter: for schemas with more labels than keys. */
export function LabelFinder({ session }: { session: EditorSession }) {
  const { model } = session;
  const [text, setText] = useState("");
  const [at, setAt] = useState(0);
  const hasTube = useStore(model.ui, (ui) => ui.tubeId !== null);
  const found = useMemo(() => {
    const kinds = hasTube ? ["action", "segment"] : ["segment", "video_class"];
    const live = model.project.labels.filter((label) => !label.is_retired);
    const all = live.filter((label) => kinds.includes(label.kind));
    return matching(all, text).slice(0, MOST_SHOWN);
  }, [model, text, hasTube]);
  const close = () => model.ui.set({ dialog: null });
  const take = (label: Label | undefined) => {
    close();
    if (label) pressLabel(session, label, false);
  };
  return (
    <Dialog title="Find a label" onClose={close}>
      <input
        className="input"
        autoFocus
        role="combobox"
        aria-expanded="true"
        aria-controls="found-labels"
        aria-label="Label"
        placeholder="Type a part of its name"
        value={text}
        onChange={(event) => {
          setText(event.target.value);
          setAt(0);
        }}
        onKeyDown={(event) => {
          if (event.key === "Enter") take(found[at]);
          if (event.key === "ArrowDown") setAt(Math.min(at + 1, found.length - 1));
          if (event.key === "ArrowUp") setAt(Math.max(at - 1, 0));
        }}
      />
      <ul className="found" id="found-labels" role="listbox" aria-label="Labels found">
        {found.map((label, index) => (
          <li key={label.id} role="option" aria-selected={index === at}>
            <button type="button" tabIndex={-1} className="found-item" onClick={() => take(label)}>
              <i className="swatch" style={{ background: label.color }} />
              <Name text={label.name} />
              <span className="muted small">{label.kind === "action" ? "" : "segment"}</span>
              {keyOf(model.project.labels, label) && (
                <Key name={keyOf(model.project.labels, label)} />
              )}
            </button>
          </li>
        ))}
        {found.length === 0 && <li className="hint">No label has “{text}” in its name.</li>}
      </ul>
    </Dialog>
  );
}

/** Names that begin with the text first, then those that hold it. */
export function matching(labels: readonly Label[], text: string): Label[] {
  const wanted = text.trim().toLowerCase();
  const holds = labels.filter((label) => label.name.toLowerCase().includes(wanted));
  const begins = (label: Label) => (label.name.toLowerCase().startsWith(wanted) ? 0 : 1);
  return holds.sort((a, b) => begins(a) - begins(b) || a.position - b.position);
}
