/** The quality page's words, and how its addresses and figures are written. */

import type { Agreement, FindingKind } from "../../api/types";
import type { Tone } from "../../ui/Badge";

export const KINDS: Record<FindingKind, { title: string; about: string }> = {
  "same-person-twice": {
    title: "Same person twice",
    about: "two tubes lie on each other for long",
  },
  "exclusive-actions": { title: "Exclusive actions", about: "only one of two actions can be true" },
  "span-outside-tube": { title: "Outside its tube", about: "an action where its person is not" },
  "duplicate-label": { title: "Set twice", about: "one label twice at one time" },
  jump: { title: "Jump", about: "a box moves faster than a person could" },
  "size-jump": { title: "Size jump", about: "a box grows or shrinks at once" },
  flicker: { title: "Flicker", about: "a person is there or gone too shortly" },
  "box-outside-picture": { title: "Outside the picture", about: "part of a box has no picture" },
  "odd-shape": { title: "Odd shape", about: "a box too thin or small for a person" },
  "no-action": { title: "No action", about: "a person who was reviewed does nothing" },
};

export const PAGE_SIZE = 50;

export interface SuspiciousFilter {
  kind: FindingKind | null;
  videoId: string | null;
  /** 0 is the first page. */
  page: number;
}

/** The filter that an address names; what makes no sense in it is passed over. */
export function readFilter(search: URLSearchParams): SuspiciousFilter {
  const kind = search.get("kind");
  const page = Number(search.get("page") ?? 1);
  return {
    kind: kind && Object.hasOwn(KINDS, kind) ? (kind as FindingKind) : null,
    videoId: search.get("video"),
    page: Number.isInteger(page) && page > 1 ? page - 1 : 0,
  };
}

export function writeFilter({ kind, videoId, page }: SuspiciousFilter): string {
  const search = new URLSearchParams();
  if (kind) search.set("kind", kind);
  if (videoId) search.set("video", videoId);
  if (page > 0) search.set("page", String(page + 1));
  return search.size > 0 ? `?${search}` : "";
}

export function suspiciousPath(projectId: number, { kind, videoId, page }: SuspiciousFilter) {
  const query = new URLSearchParams({ limit: String(PAGE_SIZE), offset: String(page * PAGE_SIZE) });
  if (kind) query.set("kind", kind);
  if (videoId) query.set("video", videoId);
  return `/api/projects/${projectId}/quality/suspicious?${query}`;
}

/** Contradictions between labels are bad; the rest may well be as it should. */
export function severityTone(severity: number): Tone {
  return severity >= 0.6 ? "bad" : severity >= 0.3 ? "warn" : "neutral";
}

/** A coefficient from -1 to 1 with two decimals, or a dash for what is not defined. */
export function coefficient(value: number | null | undefined): string {
  return value === null || value === undefined ? "–" : value.toFixed(2).replace(/^-0\.00$/, "0.00");
}

// Landis and Koch, 1977: arbitrary, as they say themselves, and used everywhere.
const WORDS: [number, string][] = [
  [0.8, "almost perfect"],
  [0.6, "substantial"],
  [0.4, "moderate"],
  [0.2, "fair"],
  [0, "slight"],
];

/** How people speak of such a kappa. */
export function kappaWord(kappa: number | null | undefined): string {
  if (kappa === null || kappa === undefined) return "";
  // As it is shown: 0.80 has one word, whatever comes after.
  const shown = Number(kappa.toFixed(2));
  return WORDS.find(([above]) => shown > above)?.[1] ?? "none";
}

/** A free name for the next replica. */
export function replicaName(project: string, taken: string[]): string {
  for (let number = 1; ; number += 1) {
    const name = `${project.slice(0, 180)}, replica ${number}`;
    if (!taken.includes(name)) return name;
  }
}

export function raterName(agreement: Agreement, projectId: number): string {
  return agreement.raters.find((rater) => rater.project_id === projectId)?.name ?? "?";
}
