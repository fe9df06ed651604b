/** The result of the job that reads a file, as the server writes it. */

export interface KeyList {
  count: number;
  examples: string[];
}

export interface FileReportValue {
  name: string;
  kind: string;
  published: boolean;
  net: string;
  title: string;
  labels: number | null;
  classes: string[];
  match: {
    matched: number;
    total: number;
    fits: boolean;
    missing: KeyList;
    unexpected: KeyList;
    different: KeyList;
  } | null;
  ready: boolean;
  problems: string[];
  notes: string[];
}

/** The report of a job's result; null where the job was of another sort. */
export function reportOf(result: Record<string, unknown> | null): FileReportValue | null {
  const report = result?.["report"];
  return report && typeof report === "object" ? (report as FileReportValue) : null;
}
