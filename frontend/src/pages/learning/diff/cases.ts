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
  [...classes].sort((a, b) => b.won + b.lost - (a.won + a.lost) || a.name.localeCompare(b.name));

/** The numbers of the two rounds: the one that is looked at, and the one it is held against. */
export interface Pair {
  one: number;
  other: number;
}

/**
 * What both models say of a case: "round 6 yes, 36.0 %" and "round 3 no, 46.0 %". Each has its own
 * threshold, so that the higher probability may be the no.
 */
export function saidTexts(item: DiffCase, side: Side, pair: Pair): [one: string, other: string] {
  const isYes = side === "won" ? item.truth : !item.truth;
  const word = (yes: boolean) => (yes ? "yes" : "no");
  return [
    `round ${pair.one} ${word(isYes)}, ${percent(item.p_new)}`,
    `round ${pair.other} ${word(!isYes)}, ${percent(item.p_old)}`,
  ];
}

/** The same in one line, with what is true. */
export function caseText(item: DiffCase, side: Side, pair: Pair): string {
  const said = saidTexts(item, side, pair).join("; ");
  return `${item.label}: people say ${item.truth ? "yes" : "no"}; ${said}`;
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

/** "round 6 right, round 3 wrong". */
export const sideText = (side: Side, { one, other }: Pair): string =>
  side === "won"
    ? `round ${one} right, round ${other} wrong`
    : `round ${one} wrong, round ${other} right`;

/** One sentence about the whole. */
export function diffSummary(diff: ModelDiff, pair: Pair): string {
  const won = diff.per_class.reduce((sum, each) => sum + each.won, 0);
  const lost = diff.per_class.reduce((sum, each) => sum + each.lost, 0);
  return `${won} won (${sideText("won", pair)}) and ${lost} lost (${sideText("lost", pair)}).`;
}
