/** Which classes need something, in which order, and the small line of their figures. */

import type { Tone } from "../../ui/Badge";
import type { ClassHealth, ClassStatus } from "../../api/types";

export const STATUS_TONE: Record<ClassStatus, Tone> = {
  ok: "ok",
  "never seen": "bad",
  "few examples": "warn",
  "one-sided": "warn",
  falling: "bad",
  "not in hold-out": "warn",
  "poorly calibrated": "warn",
};

export type HealthOrder = "worst" | "name" | "examples";

export const ORDERS: { by: HealthOrder; title: string }[] = [
  { by: "worst", title: "worst first" },
  { by: "examples", title: "fewest examples first" },
  { by: "name", title: "by name" },
];

// What is missing altogether, what holds a class back, what is not known of it, what is fine.
const SEVERITY: Record<ClassStatus, number> = {
  "never seen": 0,
  falling: 1,
  "few examples": 1,
  "one-sided": 1,
  "not in hold-out": 2,
  "poorly calibrated": 2,
  ok: 3,
};

/** Sorted, those out of use always last: nobody has to do anything about them. */
export function sortHealth(classes: ClassHealth[], by: HealthOrder): ClassHealth[] {
  return [...classes].sort(
    (a, b) =>
      Number(a.retired) - Number(b.retired) || COMPARE[by](a, b) || a.name.localeCompare(b.name),
  );
}

const COMPARE: Record<HealthOrder, (a: ClassHealth, b: ClassHealth) => number> = {
  worst: (a, b) => SEVERITY[a.status] - SEVERITY[b.status] || (a.f1 ?? 2) - (b.f1 ?? 2),
  examples: (a, b) => a.train_yes - b.train_yes,
  name: () => 0,
};

/** "3 of 12 classes need something", for the head of the table. */
export function healthSummary(classes: ClassHealth[]): string {
  const inUse = classes.filter(({ retired }) => !retired);
  const poor = inUse.filter(({ status }) => status !== "ok").length;
  if (poor === 0) return `all ${inUse.length} fine`;
  return `${poor} of ${inUse.length} need something`;
}

// A small line over less than this would make noise look like news.
const LEAST_SPAN = 0.3;

/** From where to where a small line reaches: its own values, but never less than `LEAST_SPAN`. */
export function sparkRange(values: (number | null)[]): [low: number, high: number] {
  const known = values.filter((value) => value !== null);
  if (known.length === 0) return [0, 1];
  const low = Math.min(...known);
  const high = Math.max(...known);
  const more = Math.max(0, LEAST_SPAN - (high - low)) / 2;
  const from = Math.max(0, Math.min(low - more, 1 - LEAST_SPAN));
  return [from, Math.max(high, Math.min(1, from + Math.max(LEAST_SPAN, high - low)))];
}

/** The corners of a small line, evenly spaced; rounds without a figure break it. */
export function sparkPoints(
  values: (number | null)[],
  width: number,
  height: number,
  pad = 2,
): ([number, number] | null)[] {
  const step = values.length > 1 ? (width - 2 * pad) / (values.length - 1) : 0;
  const start = values.length > 1 ? pad : width / 2;
  const [low, high] = sparkRange(values);
  return values.map((value, i) =>
    value === null
      ? null
      : [start + i * step, pad + ((high - value) / (high - low)) * (height - 2 * pad)],
  );
}
