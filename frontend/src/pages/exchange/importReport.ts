/** The report of an import: made whole where parts are left out, and summed up for people. */

import { withoutFlags } from "../../api/client";
import type { ImportCounts, ImportReport, Job } from "../../api/types";
import { count, plural } from "../format";

export const NO_COUNTS: ImportCounts = {
  new: 0,
  changed: 0,
  unchanged: 0,
  removed: 0,
  conflict: 0,
};

export function readReport(result: Job["result"]): ImportReport {
  const report = (result ?? {}) as Partial<ImportReport>;
  const videos = report.videos ?? {};
  const unknown_videos = report.unknown_videos ?? [];
  const errors = (report.errors ?? []).map((error) => ({
    ...error,
    reason: withoutFlags(error.reason),
  }));
  return {
    mode: report.mode ?? "dry-run",
    format: report.format ?? "",
    rows: report.rows ?? 0,
    revision: report.revision ?? null,
    videos,
    videos_total: report.videos_total ?? Object.keys(videos).length,
    tubes: { ...NO_COUNTS, ...report.tubes },
    spans: { ...NO_COUNTS, ...report.spans },
    labels: report.labels ?? [],
    created_labels: report.created_labels ?? [],
    unknown_labels: report.unknown_labels ?? [],
    unknown_videos,
    unknown_videos_total: report.unknown_videos_total ?? unknown_videos.length,
    errors,
    error_count: report.error_count ?? errors.length,
    assumptions: (report.assumptions ?? []).map(withoutFlags),
  };
}

const touched = (counts: ImportCounts): number => counts.new + counts.changed + counts.removed;

/** Whether the file would change anything; what is in conflict stays as it is when merged. */
export const changesAnything = ({ tubes, spans }: ImportReport): boolean =>
  touched(tubes) + touched(spans) > 0;

export interface SummaryRow extends ImportCounts {
  name: string;
  /** In the file, and not taken over. */
  left: number;
}

/**
 * What would happen, by kind of thing. Videos are counted among those that the report lists, so
 * a file of more than it lists has no figures for changed and unchanged ones.
 */
export function summary(report: ImportReport): SummaryRow[] {
  return [
    videosRow(report),
    labelsRow(report),
    { name: "Tubes", ...report.tubes, left: 0 },
    { name: "Actions and segments", ...report.spans, left: 0 },
  ];
}

function videosRow(report: ImportReport): SummaryRow {
  const videos = Object.values(report.videos).map(({ tubes, spans }) => ({
    changes: touched({ ...NO_COUNTS, ...tubes }) + touched({ ...NO_COUNTS, ...spans }),
    conflicts: (tubes?.conflict ?? 0) + (spans?.conflict ?? 0),
  }));
  const changed = videos.filter(({ changes }) => changes > 0).length;
  return {
    ...NO_COUNTS,
    name: "Videos",
    changed,
    unchanged: videos.length - changed,
    conflict: videos.filter(({ conflicts }) => conflicts > 0).length,
    left: report.unknown_videos_total,
  };
}

function labelsRow({ labels }: ImportReport): SummaryRow {
  const having = (...actions: string[]) =>
    labels.filter(({ action }) => actions.includes(action)).length;
  return {
    ...NO_COUNTS,
    name: "Labels",
    new: having("create"),
    unchanged: having("match"),
    left: having("leave out", "unknown"),
  };
}

/** "walk.mp4: person 3 was drawn otherwise here", one line each. */
export function conflictLines({ videos }: ImportReport): string[] {
  return Object.entries(videos).flatMap(([name, video]) =>
    (video.conflicts ?? []).map((text) => `${name}: ${text}`),
  );
}

/** The one sentence on top of a preview. */
export function verdict(report: ImportReport): string {
  const { rows, error_count: wrong } = report;
  if (wrong > 0) {
    return rows > 0
      ? `${plural(wrong, "row")} of ${count(rows)} cannot be read`
      : `${plural(wrong, "row")} cannot be read`;
  }
  if (report.videos_total === 0 && report.unknown_videos_total > 0) {
    return "None of the videos that the file names is in this project";
  }
  return changesAnything(report)
    ? "The file can be imported"
    : "Merging would change nothing: the file says what is already there, or what people here changed";
}
