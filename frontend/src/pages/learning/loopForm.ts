/** The form of the loop's settings: what is typed, what is sent, and what is wrong with it. */

import type { Loop, LoopField } from "../../api/types";
import { dateTime } from "../format";

/** Everything as it stands in the fields. */
export type LoopForm = Record<LoopField, string>;

interface Limits {
  kind: "share" | "whole";
  least: number;
  most: number;
}

/** Shares are typed in percent and kept as 0 to 1. The server checks the same limits. */
export const LIMITS: Partial<Record<LoopField, Limits>> = {
  batch: { kind: "whole", least: 1, most: 500 },
  random_share: { kind: "share", least: 10, most: 25 },
  blind_share: { kind: "share", least: 0, most: 100 },
  planted_share: { kind: "share", least: 0, most: 5 },
  double_share: { kind: "share", least: 0, most: 50 },
  discovery_share: { kind: "share", least: 0, most: 25 },
  accept_all_from: { kind: "share", least: 50, most: 100 },
  round_every_minutes: { kind: "whole", least: 0, most: 100_000 },
  round_every_hours: { kind: "whole", least: 0, most: 10_000 },
};

export const FIELDS: LoopField[] = [
  "acquisition",
  "batch",
  "random_share",
  "blind_share",
  "planted_share",
  "double_share",
  "discovery_share",
  "accept_all_from",
  "round_every_minutes",
  "round_every_hours",
  "promote_by",
];

const isShare = (field: LoopField): boolean => LIMITS[field]?.kind === "share";

/** 0.15 as "15": what stands in the field. */
const shown = (value: number): string => String(Number((value * 100).toFixed(4)));

export function formOf(loop: Loop): LoopForm {
  const text = (field: LoopField) => {
    const value = loop[field];
    return isShare(field) ? shown(Number(value)) : String(value);
  };
  return Object.fromEntries(FIELDS.map((field) => [field, text(field)])) as LoopForm;
}

/** What is wrong with a field, or nothing. */
export function fieldError(field: LoopField, typed: string): string | null {
  const limits = LIMITS[field];
  if (!limits) return null;
  const value = typed.trim() === "" ? NaN : Number(typed.replace(",", "."));
  const unit = limits.kind === "share" ? " %" : "";
  if (Number.isFinite(value) && value >= limits.least && value <= limits.most) {
    return limits.kind === "whole" && !Number.isInteger(value) ? "A whole number, please." : null;
  }
  return `From ${limits.least} to ${limits.most}${unit}.`;
}

export function formErrors(form: LoopForm): Partial<Record<LoopField, string>> {
  const found = FIELDS.map((field) => [field, fieldError(field, form[field])] as const);
  return Object.fromEntries(found.filter(([, error]) => error !== null));
}

function valueOf(field: LoopField, typed: string): string | number {
  if (!LIMITS[field]) return typed;
  const value = Number(typed.replace(",", "."));
  return isShare(field) ? Number((value / 100).toFixed(6)) : value;
}

/** Only what differs from what is kept: two people may each change their own. */
export function changesOf(form: LoopForm, loop: Loop): Partial<Record<LoopField, string | number>> {
  const kept = formOf(loop);
  const changed = FIELDS.filter((field) => form[field].trim() !== kept[field]);
  const sent = changed.map((field) => [field, valueOf(field, form[field])] as const);
  return Object.fromEntries(sent.filter(([field, value]) => value !== loop[field]));
}

/** The field that a refusal of the server speaks of: "batch is a whole number from …". */
export function refusedField(message: string): LoopField | null {
  return FIELDS.find((field) => new RegExp(`\\b${field}\\b`).test(message)) ?? null;
}

/** "23 of 60 minutes", or that rounds do not begin by themselves. */
export function triggerProgress({ next, round_every_minutes }: Loop): string {
  if (round_every_minutes === 0) return "";
  return `${Math.floor(next.minutes_reviewed)} of ${next.minutes_wanted} minutes reviewed since the last round`;
}

/** When the next round begins by itself: "Next round: 23 of 60 minutes reviewed, or at …". */
export function nextRoundText({ next, round_every_minutes }: Loop): string {
  const parts = [
    round_every_minutes > 0
      ? `${Math.floor(next.minutes_reviewed)} of ${next.minutes_wanted} minutes reviewed`
      : "",
    next.at ? `at ${dateTime(next.at)}` : "",
  ].filter(Boolean);
  return parts.length > 0 ? `Next round: ${parts.join(", or ")}` : "";
}
