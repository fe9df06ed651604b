/** The facts of a model card in words. */

import type { Card } from "../../api/types";
import { percent, plural } from "../format";

type Interval = NonNullable<Card["metrics"]>["macro_f1"];
type Amount = Card["data"]["train"];

export const interval = (found: Interval | null): string =>
  found ? `${percent(found.low)} to ${percent(found.high)}` : "–";

/** "180 windows of 60 tubes, 3 videos". */
export const amountText = ({ windows, tubes, videos }: Amount): string =>
  `${plural(windows, "window")} of ${plural(tubes, "tube")}, ${plural(videos, "video")}`;

export function speedText({ windows_per_s, machine }: Card["speed"]): string {
  if (windows_per_s === null) return "not measured";
  return `${Number(windows_per_s.toPrecision(2))} windows a second (${machine})`;
}

/** "epochs 8, batch 16, …". */
export const paramText = (params: Record<string, unknown>): string =>
  Object.entries(params)
    .map(([name, value]) => `${name} ${String(value)}`)
    .join(", ");
