/** Every key of the editor in one list: what the handler does and the key map shows. */
import type { Binding } from "./keyBinding";
import { MOVING_KEYS } from "./keysMoving";
import { REVIEW_KEYS } from "./keysReview";
import { TUBE_KEYS } from "./keysTube";
import { WORK_KEYS } from "./keysWork";

/** A binding without a title acts but is not listed. */
export const BINDINGS: readonly Binding[] = [
  ...MOVING_KEYS,
  ...TUBE_KEYS,
  ...REVIEW_KEYS,
  ...WORK_KEYS,
];

/** Keys that must act even where single keys are switched off or a field has the focus. */
export function isAlwaysOn(key: string): boolean {
  return key.startsWith("Ctrl+") || key === "F1" || key === "Escape";
}
