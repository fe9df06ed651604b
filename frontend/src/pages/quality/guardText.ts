/** The words and figures of the part Guards. */

import type { GuardFigures, PlantedEntry, Share } from "../../api/types";
import type { Tone } from "../../ui/Badge";

/** "3 of 4" and "30–95 %": what a rate is of, and where it lies with 95 % certainty. */
export function basis(share: Share): string[] {
  if (share.low === null || share.high === null) return ["none yet"];
  return [`${share.hits} of ${share.n}`, range(share.low, share.high)];
}

/** A share of the settings: whole where it is. */
export function settingPercent(share: number): string {
  return `${Number((share * 100).toFixed(1))} %`;
}

/** A note that there is too little to say anything, as opposed to one that something is amiss. */
export function isOfFew(note: string): boolean {
  return note.startsWith("few ");
}

export function range(low: number, high: number): string {
  return `${Math.round(low * 100)}–${Math.round(high * 100)} %`;
}

/** How much more often somebody agrees with an answer that they see, in points. */
export function points(value: number | null): string {
  if (value === null) return "–";
  const rounded = Math.round(value * 100);
  return rounded > 0 ? `+${rounded}` : rounded < 0 ? `−${-rounded}` : "0";
}

export function pointsRange(low: number | null, high: number | null): string[] {
  return low === null || high === null ? ["none yet"] : [`${points(low)} to ${points(high)}`, "points"];
}

/** Has anything been measured of anybody? */
export function isEmpty(figures: GuardFigures): boolean {
  return [figures.planted.n, figures.shown, figures.blind.n, figures.second_looks.n].every(
    (n) => n === 0,
  );
}

export const ANSWERS: Record<PlantedEntry["answer"], { text: string; tone: Tone }> = {
  open: { text: "waits", tone: "neutral" },
  caught: { text: "noticed", tone: "ok" },
  missed: { text: "missed", tone: "warn" },
  withdrawn: { text: "taken back", tone: "neutral" },
};
