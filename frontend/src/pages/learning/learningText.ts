/** What the curve says, in words. */

import { count, percent, plural } from "../format";
import type { Axis, Stop } from "./curve";
import type { Acceptance, Forecast, ForecastPoint, LearningRound, StopReason } from "./types";

const HUNDRED = 100;

/** 0.018 as "+1.8", 0 as "0.0": a difference of shares in points. */
export function points(difference: number): string {
  const text = (difference * 100).toFixed(1);
  if (Number(text) === 0) return "0.0";
  return difference > 0 ? `+${text}` : `−${text.slice(1)}`;
}

/** "66.0–75.1 %", or nothing where there is no interval. */
export function intervalText(low: number | null, high: number | null): string {
  if (low === null || high === null) return "";
  return `${(low * 100).toFixed(1)}–${(high * 100).toFixed(1)} %`;
}

/** Time of work: "under a minute", "32 min", "2 h 5 min". */
export function workText(seconds: number | null | undefined): string {
  if (seconds === null || seconds === undefined) return "–";
  if (seconds < 60) return seconds > 0 ? "under 1 min" : "0 min";
  const minutes = Math.round(seconds / 60);
  if (minutes < 60) return `${minutes} min`;
  const rest = minutes % 60;
  return rest === 0 ? `${count(Math.floor(minutes / 60))} h` : `${count(Math.floor(minutes / 60))} h ${rest} min`;
}

/** Work to come, in words for a sentence. */
function aboutWork(seconds: number): string {
  if (seconds < 90) return "about a minute of work";
  if (seconds < 5400) return `about ${Math.round(seconds / 60)} minutes of work`;
  return `about ${(seconds / 3600).toFixed(1)} hours of work`;
}

/** The calibration error as a plain number: it is no share of anything. */
export const eceText = (value: number | null | undefined): string =>
  value === null || value === undefined ? "–" : value.toFixed(3);

/** The forecast at a number of labels, between the points that were given. */
export function forecastAt(given: ForecastPoint[], labels: number): ForecastPoint | null {
  const sorted = [...given].sort((a, b) => a.labels - b.labels);
  const after = sorted.findIndex((point) => point.labels >= labels);
  if (after < 0) return null;
  const right = sorted[after]!;
  const left = sorted[after - 1];
  if (right.labels === labels || !left) return right.labels === labels ? right : null;
  const share = (labels - left.labels) / (right.labels - left.labels);
  const between = (a: number, b: number) => a + share * (b - a);
  return {
    labels,
    f1: between(left.f1, right.f1),
    low: between(left.low, right.low),
    high: between(left.high, right.high),
  };
}

/** The interval of the gain: as the server gives it, else from the forecast a hundred labels on. */
function gainInterval(forecast: Forecast, labels: number, gain: number): [number, number] | null {
  const { next_hundred_low: low, next_hundred_high: high } = forecast;
  if (low != null && high != null) return [low, high];
  const reached = forecastAt(forecast.points, labels + HUNDRED);
  return reached && [reached.low - reached.f1 + gain, reached.high - reached.f1 + gain];
}

/** What the next hundred labels will bring; the server's own note where nothing can be said. */
export function forecastSentence(forecast: Forecast, last: LearningRound | undefined): string {
  const gain = forecast.next_hundred;
  if (gain === null || !last || last.labels === null) return forecast.note;
  const interval = gainInterval(forecast, last.labels, gain);
  const range = interval ? ` (${points(interval[0])} to ${points(interval[1])})` : "";
  const pace = forecast.seconds_per_label;
  const work = pace === null ? "" : `, ${aboutWork(pace * HUNDRED)}`;
  return `The next hundred labels will bring about ${points(gain)} points of macro F1${range}${work}.`;
}

export const axisText = (axis: Axis, value: number): string =>
  axis === "minutes" ? count(Math.round(value * 10) / 10) : count(Math.round(value));

/** A round of the curve, read out. */
export function stopText({ round }: Stop): string {
  const interval = intervalText(round.macro_f1_low, round.macro_f1_high);
  const { control } = round;
  return [
    `Round ${round.number}`,
    round.labels === null ? "" : plural(round.labels, "label"),
    round.seconds === null ? "" : `${workText(round.seconds)} of work`,
    `macro F1 ${percent(round.macro_f1)}${interval ? ` (${interval})` : ""}`,
    round.map === null ? "" : `mAP ${percent(round.map)}`,
    round.ece === null ? "" : `calibration error ${eceText(round.ece)}`,
    control && control.macro_f1 !== null
      ? `random slice alone ${percent(control.macro_f1)} with ${plural(control.labels, "label")}`
      : "",
  ]
    .filter(Boolean)
    .join(", ");
}

/** "82.0 % (41 of 50)", or that none were shown. */
export const acceptanceText = ({ shown, accepted }: Acceptance): string =>
  shown === 0 ? "none shown yet" : `${percent(accepted / shown)} (${count(accepted)} of ${count(shown)})`;

export function reasonValue({ value }: StopReason): string {
  if (value === null) return "";
  if (typeof value === "string") return value;
  return String(Number(value.toFixed(3)));
}
