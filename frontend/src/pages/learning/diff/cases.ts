/** The cases of a difference: which are shown, and what is said of each. */

import { percent } from "../../format";
import type { ClassDiff, DiffCase, ModelDiff } from "../../../api/types";

export type Side = "won" | "lost";

export const PAGE = 24;

/** Of one side, of one class or all. */
export const casesOf = (diff: ModelDiff, side: Side, label: string): DiffCase[] =>
  label === "" ? diff[side] : diff[side].filter((each) => each.label === label);

/** The most changed class first; those with no change last, by name. */
export const sortClasses = (classes: ClassDiff[]): ClassDiff[] =>
  [...classes].sort(
    (a, b) => b.won + b.lost - (a.won + a.lost) || a.name.localeCompare(b.name),
  );

/**
 * What both models say of a case: "now yes, 36.0 %" and "before no, 46.0 %". Each has its own
 * threshold, so that the higher probability may be the no.
 */
export function saidTexts(item: DiffCase, side: Side): { now: string; before: string } {
  const isYes = side === "won" ? item.truth : !item.truth;
  const word = (yes: boolean) => (yes ? "yes" : "no");
  return {
    now: `now ${word(isYes)}, ${percent(item.p_new)}`,
    before: `before ${word(!isYes)}, ${percent(item.p_old)}`,
  };
}

/** The same in one line, with what is true. */
export function caseText(item: DiffCase, side: Side): string {
  const { now, before } = saidTexts(item, side);
  return `${item.label}: people say ${item.truth ? "yes" : "no"}; ${now}; ${before}`;
}

export interface Rect {
  x: number;
  y: number;
  width: number;
  height: number;
}

/** A normalized box in the units of a picture, kept within it. */
export function rectOf(box: readonly number[], width: number, height: number): Rect | null {
  const inside = (value: number) => Math.min(1, Math.max(0, value));
  const [x1, y1, x2, y2] = box.map(inside) as [number, number, number, number];
  if (!(x2 > x1 && y2 > y1)) return null;
  return { x: x1 * width, y: y1 * height, width: (x2 - x1) * width, height: (y2 - y1) * height };
}

/** One sentence about the whole. */
export function diffSummary(diff: ModelDiff): string {
  const won = diff.per_class.reduce((sum, each) => sum + each.won, 0);
  const lost = diff.per_class.reduce((sum, each) => sum + each.lost, 0);
  return `${won} won (right now, wrong before) and ${lost} lost (wrong now, right before).`;
}
