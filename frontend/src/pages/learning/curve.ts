/** The learning curve as places in a drawing: pure, so that it can be checked without a page. */

import type { Forecast, ForecastPoint, LearningRound } from "../../api/types";

/** What the curve is drawn over. */
export type Axis = "labels" | "minutes" | "rounds";

export interface Place {
  x: number;
  y: number;
}

/** A measured round and where it stands on the axis. */
export interface Stop {
  round: LearningRound;
  x: number;
}

export interface Band {
  x: number;
  low: number;
  high: number;
}

export interface Ahead extends Band {
  y: number;
}

/** Where a round stands, or null where its labels or its time were not counted. */
export function placeOf(round: LearningRound, axis: Axis): number | null {
  if (axis === "rounds") return round.number;
  if (axis === "labels") return round.labels;
  return round.seconds === null ? null : round.seconds / 60;
}

/** The rounds that were measured and can be placed, from left to right. */
export function stopsOf(rounds: LearningRound[], axis: Axis): Stop[] {
  return rounds
    .filter(({ macro_f1 }) => macro_f1 !== null)
    .flatMap((round) => {
      const x = placeOf(round, axis);
      return x === null ? [] : [{ round, x }];
    })
    .sort((a, b) => a.x - b.x || a.round.number - b.round.number);
}

/** The two sides of the control: answers drawn by chance, and as many chosen ones. */
export type Side = "random" | "chosen";

/**
 * One side of the control at the labels it learned from, of all that were given. Over minutes it
 * stands where that many labels had been given at the round's own pace; over rounds, at its round.
 */
export function controlOf(
  stops: Stop[],
  key: "macro_f1" | "map",
  axis: Axis,
  side: Side = "random",
): Place[] {
  return stops
    .flatMap(({ round: { control, labels }, x }) => {
      const part = side === "random" ? control : control?.active;
      const y = part?.[key] ?? null;
      if (!part || y === null) return [];
      if (axis === "rounds") return [{ x, y }];
      return labels ? [{ x: (x * part.labels) / labels, y }] : [];
    })
    .sort((a, b) => a.x - b.x);
}

/** The interval of macro F1 at every stop that has one. */
export function bandOf(stops: Stop[]): Band[] {
  return stops.flatMap(({ round: { macro_f1_low: low, macro_f1_high: high }, x }) =>
    low === null || high === null ? [] : [{ x, low, high }],
  );
}

/** The forecast at a number of labels between two of its points; null outside of them. */
export function forecastAt(points: ForecastPoint[], labels: number): ForecastPoint | null {
  const after = points.findIndex((point) => point.labels >= labels);
  const [left, right] = [points[after - 1], points[after]];
  if (!right || right.labels === labels) return right ?? null;
  if (!left) return null;
  const share = (labels - left.labels) / (right.labels - left.labels);
  const between = (key: "f1" | "low" | "high") => left[key] + share * (right[key] - left[key]);
  return { labels, f1: between("f1"), low: between("low"), high: between("high") };
}

/**
 * The stop that is pointed at: the nearest along the axis; of several rounds at one place (trained
 * anew on the same labels) the one whose dot is nearest.
 */
export function stopAt(dots: (Place | null)[], xs: number[], at: Place): number {
  const along = xs.map((x) => Math.abs(x - at.x));
  const least = Math.min(...along);
  const up = (i: number) => Math.abs((dots[i]?.y ?? Infinity) - at.y);
  let best = along.indexOf(least);
  along.forEach((distance, i) => {
    if (distance === least && up(i) < up(best)) best = i;
  });
  return best;
}

/** What is to come, from the last measured round on; none where it cannot be placed. */
export function aheadOf(forecast: Forecast, stops: Stop[], axis: Axis): Ahead[] {
  const last = stops[stops.length - 1];
  const from = last?.round.labels;
  const pace = forecast.seconds_per_label;
  if (!last || from === null || from === undefined) return [];
  if (axis === "rounds" || (axis === "minutes" && pace === null)) return [];
  const points = [...forecast.points].sort((a, b) => a.labels - b.labels);
  const first = forecastAt(points, from);
  return [...(first ? [first] : []), ...points.filter(({ labels }) => labels > from)].map(
    ({ labels, f1, low, high }) => ({
      x: axis === "labels" ? labels : last.x + ((labels - from) * (pace ?? 0)) / 60,
      y: f1,
      low,
      high,
    }),
  );
}

/** The outline of a band: along its upper edge and back along the lower one. */
export function bandPath(
  band: Band[],
  x: (value: number) => number,
  y: (value: number) => number,
): string {
  if (band.length < 2) return "";
  const at = (px: number, py: number) => `${px.toFixed(1)} ${py.toFixed(1)}`;
  const upper = band.map((each) => at(x(each.x), y(each.high)));
  const lower = [...band].reverse().map((each) => at(x(each.x), y(each.low)));
  return `M${[...upper, ...lower].join("L")}Z`;
}

const STEPS = [1, 2, 5, 10];

/** A round step that cuts `span` into at most `most` parts. */
export function stepOf(span: number, most: number): number {
  if (!(span > 0)) return 1;
  const size = 10 ** Math.floor(Math.log10(span / most));
  return size * STEPS.find((step) => (size * step * most) / span >= 1 - 1e-9)!;
}

export interface Range {
  from: number;
  to: number;
  ticks: number[];
}

/** A range with round ends around the values, within [least, greatest], in steps of `finest` on. */
export function rangeOf(
  values: number[],
  most: number,
  least: number,
  greatest: number,
  finest = 0,
): Range {
  const low = Math.min(...values);
  const high = Math.max(...values);
  const around = high - low < 1e-9 ? Math.max(Math.abs(high) * 0.1, 1e-3) : 0;
  const step = Math.max(finest, stepOf(high - low + 2 * around, most));
  const from = Math.max(least, Math.floor((low - around) / step + 1e-9) * step);
  const to = Math.min(greatest, Math.ceil((high + around) / step - 1e-9) * step);
  const ticks: number[] = [];
  for (let i = Math.ceil(from / step - 1e-9); i * step <= to + step * 1e-9; i += 1) {
    ticks.push(Number((i * step).toPrecision(12)));
  }
  return { from, to: Math.max(to, from + 1e-9), ticks };
}
