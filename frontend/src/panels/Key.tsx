/** A key as it is printed: "Ctrl+Shift+KeyZ" becomes Ctrl ⇧ Z. */
const NAMES: Record<string, string> = {
  ArrowLeft: "←",
  ArrowRight: "→",
  ArrowUp: "↑",
  ArrowDown: "↓",
  Space: "Space",
  Comma: ",",
  Period: ".",
  Slash: "/",
  BracketLeft: "[",
  BracketRight: "]",
  Escape: "Esc",
  Delete: "Del",
  NumpadEnter: "Enter",
};

export function keyText(key: string): string {
  const parts = key.split("+").map((part) => NAMES[part] ?? part.replace(/^(Key|Digit)/, ""));
  return parts.join("+");
}

export function Key({ name }: { name: string }) {
  return <kbd className="key">{keyText(name)}</kbd>;
}
