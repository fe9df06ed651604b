/** What a person asks an export for, as the form holds it and as it is sent. */

import type { ExportRequest, ExportState, FileFormat, Lost, Split } from "../../api/types";
import { count } from "../format";

export interface ExportChoice {
  format: string;
  state: ExportState;
  splits: Split[];
  labelIds: number[];
  videoIds: string[];
  /** Local times as an input of type datetime-local holds them; empty for none. */
  asOf: string;
  changedSince: string;
  rateHz: string;
  /** Empty: as the format's own files have them. */
  decimals: string;
}

export const EVERYTHING_REVIEWED: ExportChoice = {
  format: "ava",
  state: "reviewed",
  splits: [],
  labelIds: [],
  videoIds: [],
  asOf: "",
  changedSince: "",
  rateHz: "1",
  decimals: "",
};

/** The format that holds a whole project; a backup, not an exchange. */
export const BACKUP = "tubelab";

/** Formats that write boxes in a fixed rhythm. */
export const hasRhythm = (format: string): boolean => format === "ava" || format === "ava-kinetics";

export function exportBody(choice: ExportChoice): ExportRequest {
  const body: ExportRequest = {
    format: choice.format,
    state: choice.state,
    splits: choice.splits,
    label_ids: choice.labelIds,
    video_ids: choice.videoIds,
    as_of: toIso(choice.asOf),
    changed_since: toIso(choice.changedSince),
  };
  if (!hasRhythm(choice.format)) return body;
  return {
    ...body,
    rate_hz: Number(choice.rateHz),
    decimals: choice.decimals === "" ? null : Number(choice.decimals),
  };
}

/** A local time with its zone, as the server wants it. */
export const toIso = (local: string): string | null =>
  local === "" ? null : new Date(local).toISOString();

/** What is wrong with the choice, or null. */
export function fault({ asOf, changedSince, format, rateHz }: ExportChoice): string | null {
  if (asOf && changedSince && changedSince >= asOf) {
    return "“Changed since” has to lie before “as they were on”.";
  }
  if (hasRhythm(format) && !(Number(rateHz) > 0)) return "Rows per second must be above 0.";
  return null;
}

/** What a format keeps and what it has no place for, of all that any format holds. */
export function keepsAndLoses(format: FileFormat, formats: FileFormat[]) {
  // The format that holds most has them in the order of the server's list.
  const byRoom = [...formats].sort((a, b) => b.holds.length - a.holds.length);
  const all = [...new Set(byRoom.flatMap(({ holds }) => holds))];
  const keeps = new Set(format.holds);
  return { keeps: all.filter((kind) => keeps.has(kind)), loses: all.filter((k) => !keeps.has(k)) };
}

/** "12 segments, 3 occlusion". */
export const lostText = (lost: Lost | undefined): string =>
  Object.entries(lost ?? {})
    .filter(([, n]) => n > 0)
    .map(([what, n]) => `${count(n)} ${what.replaceAll("_", " ")}`)
    .join(", ");
