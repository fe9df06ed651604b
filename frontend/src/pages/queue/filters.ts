/** What somebody wants to see of the queue, and review. */

import type { QueueKind, QueueSlice } from "../../api/types";

export interface QueueFilters {
  readonly kind?: QueueKind;
  readonly slice?: QueueSlice;
  readonly video?: string;
  readonly label?: number;
  readonly mine?: true;
  readonly unsure?: true;
}

export const KINDS: readonly QueueKind[] = ["tube", "segment", "stretch"];
export const SLICES: readonly QueueSlice[] = [
  "chosen",
  "random",
  "discovery",
  "planted",
  "second",
  "schema",
];

/** Reads an address; what is not known there is left out. */
export function filtersFrom(search: URLSearchParams): QueueFilters {
  const kind = KINDS.find((name) => name === search.get("kind"));
  const slice = SLICES.find((name) => name === search.get("slice"));
  const video = search.get("video");
  const label = Number(search.get("label") ?? NaN);
  return {
    ...(kind && { kind }),
    ...(slice && { slice }),
    ...(video && { video }),
    ...(Number.isInteger(label) && { label }),
    ...(search.get("mine") === "1" && { mine: true as const }),
    ...(search.get("unsure") === "1" && { unsure: true as const }),
  };
}

/** The same as an address says it: "?kind=tube&mine=1", or nothing. */
export function filtersText(filters: QueueFilters, offset = 0): string {
  const search = new URLSearchParams();
  for (const [name, value] of Object.entries(filters)) {
    if (value !== undefined) search.set(name, value === true ? "1" : String(value));
  }
  if (offset > 0) search.set("offset", String(offset));
  return search.size > 0 ? `?${search}` : "";
}

export const isFiltered = (filters: QueueFilters): boolean =>
  Object.values(filters).some((value) => value !== undefined);

const KEPT = "tubelab-queue-filters-";

/** Remembered while the tab is open, so that review goes on under them from video to video. */
export function keepFilters(projectId: number, filters: QueueFilters): void {
  const text = filtersText(filters);
  if (text) sessionStorage.setItem(KEPT + projectId, text);
  else sessionStorage.removeItem(KEPT + projectId);
}

export function keptFilters(projectId: number): QueueFilters {
  return filtersFrom(new URLSearchParams(sessionStorage.getItem(KEPT + projectId) ?? ""));
}
