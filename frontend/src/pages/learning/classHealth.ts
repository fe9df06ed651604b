/** Which classes need something, in which order, and the small line of their figures. */

import type { Tone } from "../../ui/Badge";
import type { ClassHealth, ClassStatus } from "./types";

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

const SEVERITY: ClassStatus[] = [
  "never seen",
  "falling",
  "few examples",
  "one-sided",
  "not in hold-out",
  "poorly calibrated",
  "ok",
];

/** Sorted, those out of use always last: nobody has to do anything about them. */
export function sortHealth(classes: ClassHealth[], by: HealthOrder): ClassHealth[] {
  return [...classes].sort(
    (a, b) =>
      Number(a.retired) - Number(b.retired) || COMPARE[by](a, b) || a.name.localeCompare(b.name),
  );
}

const severity = ({ status }: ClassHealth): number => {
  const found = SEVERITY.indexOf(status);
  return found < 0 ? SEVERITY.length : found;
};

const COMPARE: Record<HealthOrder, (a: ClassHealth, b: ClassHealth) => number> = {
  worst: (a, b) => severity(a) - severity(b) || (a.f1 ?? 2) - (b.f1 ?? 2),
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

/** The corners of a small line: 0 to 1 upward, evenly spaced; rounds without a figure break it. */
export function sparkPoints(
  values: (number | null)[],
  width: number,
  height: number,
  pad = 2,
): ([number, number] | null)[] {
  const step = values.length > 1 ? (width - 2 * pad) / (values.length - 1) : 0;
  const start = values.length > 1 ? pad : width / 2;
  return values.map((value, i) =>
    value === null ? null : [start + i * step, pad + (1 - value) * (height - 2 * pad)],
  );
}
