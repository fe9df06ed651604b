/** What the curve says, in words. */

import { count, percent, plural } from "../format";
import type { Axis, Stop } from "./curve";
import type { Acceptance, StopReason } from "../../api/types";

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
  return rest === 0
    ? `${count(Math.floor(minutes / 60))} h`
    : `${count(Math.floor(minutes / 60))} h ${rest} min`;
}

/** The calibration error as a plain number: it is no share of anything. */
export const eceText = (value: number | null | undefined): string =>
  value === null || value === undefined ? "–" : value.toFixed(3);

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
    control ? `${plural(control.labels, "random answer")} alone ${percent(control.macro_f1)}` : "",
    control?.active ? `as many chosen ones ${percent(control.active.macro_f1)}` : "",
  ]
    .filter(Boolean)
    .join(", ");
}

/** "82.0 % (41 of 50)", or that none were shown. */
export const acceptanceText = ({ shown, accepted }: Acceptance): string =>
  shown === 0
    ? "none shown yet"
    : `${percent(accepted / shown)} (${count(accepted)} of ${count(shown)})`;

export function reasonValue({ what, value }: StopReason): string {
  if (value === null) return "";
  if (what.includes("%")) return percent(value);
  return String(Number(value.toFixed(3)));
}
