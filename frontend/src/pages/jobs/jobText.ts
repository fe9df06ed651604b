/** What a job is called, and what to do when it failed. */

import { ApiError } from "../../api/client";
import type { Job, JobKind } from "../../api/types";
import type { Tone } from "../../ui/Badge";

const TITLES: Record<JobKind, string> = {
  ingest: "Take in video",
  propose: "Propose",
  train: "Train",
  export: "Export",
  import: "Import",
};

const ADVICE: Record<JobKind, string> = {
  ingest: "Check that the file plays elsewhere, then upload it again.",
  propose: "Resume it to go on from the last finished part, or propose with another detector.",
  train: "Resume it; if it fails again, check that enough tubes have been reviewed.",
  export: "Resume it, or start the export again.",
  import: "Correct the rows that the message names, then import the file again.",
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

/** A failed ingest has nothing to go on from; the others keep how far they came. */
export const canResume = (job: Job): boolean =>
  job.state === "cancelled" || job.state === "failed";

/** The failure of a job as an error that pages show like any other. */
export function jobError(job: Job): Error | null {
  if (job.state === "cancelled") return new Error("This was cancelled.");
  if (job.state !== "failed") return null;
  if (!job.error) return new Error(job.message || "This failed; the server's log says why.");
  return new ApiError(0, job.error.code, job.error.message, job.error.detail);
}
