/** What a job is called, and what to do when it failed. */

import { ApiError, withoutFlags } from "../../api/client";
import type { Job, JobKind } from "../../api/types";
import type { Tone } from "../../ui/Badge";
import { readReport } from "../exchange/importReport";
import { count, plural } from "../format";

const TITLES: Record<JobKind, string> = {
  ingest: "Take in video",
  propose: "Propose",
  detect: "Detect on a part",
  fetch: "Fetch weights",
  train: "Train",
  export: "Export",
  import: "Import",
  evaluate: "Measure",
};

const ADVICE: Record<JobKind, string> = {
  ingest: "Upload the file again once that is put right.",
  propose: "Resume it to go on from the last finished part, or propose with another detector.",
  detect: "Nothing to do: the proposing it belongs to goes on by itself.",
  fetch: "Resume it once there is a way out, or put the file into the folder the message names.",
  train: "Resume it; if it fails again, check that enough tubes have been reviewed.",
  export: "Resume it, or start the export again.",
  import: "Correct the rows that the message names, then import the file again.",
  evaluate: "Measure again once that is put right.",
};

export const STATE_TONE: Record<Job["state"], Tone> = {
  queued: "neutral",
  running: "accent",
  done: "ok",
  failed: "bad",
  cancelled: "neutral",
};

export function jobTitle(job: Job): string {
  return job.video_name ? `${TITLES[job.kind]}: ${job.video_name}` : TITLES[job.kind];
}

export const jobAdvice = (job: Job): string => ADVICE[job.kind];

// Failures of the server and not of the file that it was given.
const NOT_THE_FILE = new Set(["worker_died", "internal_error"]);

/** What was wrong with a file stays wrong, so its job is not offered again; others go on. */
export function canResume(job: Job): boolean {
  if (job.state === "cancelled") return true;
  if (job.state !== "failed") return false;
  const tookFile = ["ingest", "import", "evaluate"].includes(job.kind);
  return !tookFile || NOT_THE_FILE.has(job.error?.code ?? "");
}

/** What a job came to: its figures when done, its latest word before. */
export function jobNote(job: Job): string {
  if (job.state === "queued") {
    const begun = job.progress > 0 && job.message;
    return begun ? withoutFlags(job.message) : "Waiting for a worker";
  }
  if (job.state === "cancelled") return "";
  if (job.state !== "done") return withoutFlags(job.message);
  const result = job.result ?? {};
  if (result["duplicate"]) return "The same file was in the project already";
  if (job.kind === "import") return importNote(result);
  const note = result["note"] ?? result["reason"];
  return [figures(result), typeof note === "string" ? note : ""].filter(Boolean).join(". ");
}

function importNote(result: Record<string, unknown>): string {
  const { rows, error_count } = readReport(result);
  const wrong = error_count > 0 ? `, ${count(error_count)} of them at fault` : "";
  return `${result["mode"] === "dry-run" ? "Checked" : "Imported"} ${plural(rows, "row")}${wrong}`;
}

/** "12 tubes, 30 rows" from a flat object of counts. */
export function figures(counts: Record<string, unknown>): string {
  return Object.entries(counts)
    .filter((entry): entry is [string, number] => Number.isInteger(entry[1]) && entry[1] !== 0)
    .map(([name, n]) => `${count(n)} ${name.replaceAll("_", " ")}`)
    .join(", ");
}

/** The failure of a job as an error that pages show like any other. */
export function jobError(job: Job): Error | null {
  if (job.state === "cancelled") return new Error("This was cancelled.");
  if (job.state !== "failed") return null;
  if (!job.error) return new Error(withoutFlags(job.message) || "This failed; the server's log says why.");
  return new ApiError(0, job.error.code, job.error.message, job.error.detail);
}
