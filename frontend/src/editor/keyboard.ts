import { labelForKey, pressLabel } from "./keyActions";
import type { Binding } from "./keyBinding";
import { BINDINGS, isAlwaysOn } from "./keymap";
import type { EditorSession } from "./session";

/** "Ctrl+Shift+KeyZ" for an event; the command key counts as Ctrl. */
export function keyName(event: KeyboardEvent): string {
  const parts = [];
  if (event.ctrlKey || event.metaKey) parts.push("Ctrl");
  if (event.altKey) parts.push("Alt");
  if (event.shiftKey) parts.push("Shift");
  return [...parts, event.code].join("+");
}

/** Listens on the page and runs what the key map says. Returns how to stop. */
export function listenToKeys(session: EditorSession): () => void {
  const onKey = (event: KeyboardEvent) => {
    if (event.code === "Tab") isTabbing = true;
    handleKey(session, event);
  };
  const onPointer = () => (isTabbing = false);
  window.addEventListener("keydown", onKey);
  window.addEventListener("pointerdown", onPointer);
  return () => {
    window.removeEventListener("keydown", onKey);
    window.removeEventListener("pointerdown", onPointer);
  };
}

/** Did the focus come by the Tab key? A button that was clicked keeps the focus but is done. */
let isTabbing = false;

export function handleKey(session: EditorSession, event: KeyboardEvent): void {
  session.model.activity.mark();
  if (event.defaultPrevented || event.isComposing) return;
  const key = keyName(event);
  const ui = session.model.ui.get();
  const isOn = ui.keysOn && !isTyping(event.target) && ui.dialog === null;
  if (!isOn && !(isAlwaysOn(key) && !isTyping(event.target))) return;
  if (isOn && pressesControl(event)) return;
  const binding = bindingFor(key, ui.mode);
  if (binding) {
    event.preventDefault();
    if (!event.repeat || binding.repeats) binding.run(session);
    return;
  }
  if (isOn) tryLabel(session, event);
}

export function bindingFor(key: string, mode: string): Binding | undefined {
  return BINDINGS.find(
    (binding) => binding.keys.includes(key) && (!binding.mode || binding.mode === mode),
  );
}

function tryLabel(session: EditorSession, event: KeyboardEvent): void {
  if (event.ctrlKey || event.metaKey || event.altKey || event.repeat) return;
  const label = labelForKey(session, event.code.replace("Numpad", "Digit"));
  if (!label) return;
  event.preventDefault();
  pressLabel(session, label, event.shiftKey);
}

function isTyping(target: EventTarget | null): boolean {
  if (!(target instanceof HTMLElement)) return false;
  if (target.isContentEditable || target.closest("dialog")) return true;
  return /^(INPUT|TEXTAREA|SELECT)$/.test(target.tagName) && !isSwitch(target);
}

function isSwitch(target: HTMLElement): boolean {
  return target instanceof HTMLInputElement && /^(checkbox|radio|range)$/.test(target.type);
}

/** Enter and Space belong to a control that was reached with the Tab key. */
function pressesControl(event: KeyboardEvent): boolean {
  if (event.code !== "Enter" && event.code !== "Space") return false;
  if (!(event.target instanceof HTMLElement)) return false;
  if (!event.target.matches("button, a, summary, input")) return false;
  if (!isTabbing) event.target.blur();
  return isTabbing;
}
