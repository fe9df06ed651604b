/** The report of an import, made whole where parts are left out. */

import type { ImportCounts, ImportReport, Job } from "../../api/types";

const NO_COUNTS: ImportCounts = { new: 0, changed: 0, unchanged: 0, removed: 0, conflict: 0 };

export function readReport(result: Job["result"]): ImportReport {
  const report = (result ?? {}) as Partial<ImportReport>;
  const errors = report.errors ?? [];
  return {
    rows: report.rows ?? 0,
    videos: report.videos ?? {},
    tubes: { ...NO_COUNTS, ...report.tubes },
    spans: { ...NO_COUNTS, ...report.spans },
    created_labels: report.created_labels ?? [],
    unknown_labels: report.unknown_labels ?? [],
    unknown_videos: report.unknown_videos ?? [],
    errors,
    error_count: report.error_count ?? errors.length,
    assumptions: report.assumptions ?? [],
  };
}

/** Whether the file would change anything; what is in conflict stays as it is when merged. */
export function changesAnything({ tubes, spans }: ImportReport): boolean {
  return [tubes, spans].some((n) => n.new + n.changed + n.removed > 0);
}

/** "walk.mp4: person 3 was drawn otherwise here", one line each. */
export function conflictLines({ videos }: ImportReport): string[] {
  return Object.entries(videos).flatMap(([name, video]) =>
    (video.conflicts ?? []).map((text) => `${name}: ${text}`),
  );
}
