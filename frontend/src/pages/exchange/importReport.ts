/** The report of an import, made whole where the server left parts out. */

import type { ImportCounts, ImportReport, Job } from "../../api/types";

const NO_COUNTS: ImportCounts = { new: 0, changed: 0, unchanged: 0, removed: 0, conflict: 0 };

export interface WholeReport extends ImportReport {
  tubes: ImportCounts;
  spans: ImportCounts;
}

export function readReport(result: Job["result"]): WholeReport {
  const report = (result ?? {}) as Partial<ImportReport>;
  return {
    videos: report.videos ?? {},
    tubes: { ...NO_COUNTS, ...report.tubes },
    spans: { ...NO_COUNTS, ...report.spans },
    unknown_labels: report.unknown_labels ?? [],
    unknown_videos: report.unknown_videos ?? [],
    errors: report.errors ?? [],
    assumptions: report.assumptions ?? [],
  };
}

/** Whether the file would change anything at all. */
export function changesAnything({ tubes, spans }: WholeReport): boolean {
  return [tubes, spans].some((n) => n.new + n.changed + n.removed + n.conflict > 0);
}
