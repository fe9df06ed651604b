import { labelsOfKind, type Label, type LabelKind } from "../domain/taxonomy";

export interface LabelKey {
  readonly label: Label;
  /** `event.code`. */
  readonly code: string;
  /** What is printed on the key. */
  readonly text: string;
}

const DIGITS = "1234567890";

/**
 * The keys of labels: their own hotkey where it is a digit, else the next free digit in the
 * schema's order. Letters belong to commands; labels without a digit are found by name (L).
 */
export function labelKeys(labels: readonly Label[]): LabelKey[] {
  const known = made.get(labels);
  if (known) return known;
  const keys = (["action", "segment"] as LabelKind[]).flatMap((kind) => keysOfKind(labels, kind));
  made.set(labels, keys);
  return keys;
}

/** A schema does not change while a video is open: worked out once. */
const made = new WeakMap<readonly Label[], LabelKey[]>();

function keysOfKind(labels: readonly Label[], kind: LabelKind): LabelKey[] {
  const ofKind = labelsOfKind(labels, kind);
  const taken = new Map<string, Label>();
  for (const label of ofKind) {
    const isDigit = label.hotkey.length === 1 && DIGITS.includes(label.hotkey);
    if (isDigit && !taken.has(label.hotkey)) taken.set(label.hotkey, label);
  }
  const own = new Set(taken.values());
  const free = [...DIGITS].filter((digit) => !taken.has(digit));
  for (const label of ofKind) {
    const digit = own.has(label) ? undefined : free.shift();
    if (digit) taken.set(digit, label);
  }
  return [...taken].map(([text, label]) => ({ label, code: `Digit${text}`, text }));
}

export function keyOf(labels: readonly Label[], label: Label): string {
  return labelKeys(labels).find((entry) => entry.label.id === label.id)?.text ?? "";
}
