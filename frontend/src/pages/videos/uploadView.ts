/** What the list says about one upload, from the sending and from the job that follows it. */

import type { Job } from "../../api/types";
import type { Tone } from "../../ui/Badge";
import { jobError } from "../jobs/jobText";
import { isOpen, type UploadItem, type UploadState } from "./uploadState";

export interface UploadView {
  key: string;
  name: string;
  size: number;
  status: string;
  tone: Tone;
  /** 0..1, null while waiting, undefined for no bar. */
  progress: number | null | undefined;
  note: string | null;
  videoId: string | null;
  canPause: boolean;
  canResume: boolean;
  /** Nothing more will happen to it. */
  settled: boolean;
}

const SENDING: Record<UploadState, { status: string; tone: Tone }> = {
  waiting: { status: "waiting", tone: "neutral" },
  sending: { status: "sending", tone: "accent" },
  paused: { status: "paused", tone: "warn" },
  failed: { status: "failed", tone: "bad" },
  sent: { status: "sent", tone: "accent" },
  duplicate: { status: "already here", tone: "warn" },
};

export function uploadView(item: UploadItem, jobs: Job[]): UploadView {
  const base = {
    key: item.key,
    name: item.name,
    size: item.size,
    videoId: item.videoId,
    canPause: isOpen(item),
    canResume: item.state === "paused" || item.state === "failed",
    settled: item.state === "failed" || item.state === "duplicate",
    note: item.error,
    ...SENDING[item.state],
  };
  if (item.state === "duplicate") {
    return { ...base, progress: undefined, note: "The same file is already in this project." };
  }
  if (item.state === "failed") return { ...base, progress: undefined };
  if (item.state !== "sent") {
    return { ...base, progress: item.state === "waiting" ? null : item.sent / item.size };
  }
  // Without a job to follow there is nothing more to say than that it arrived.
  if (!item.jobId) return { ...base, progress: undefined, settled: true };
  return { ...base, ...afterSending(jobs.find((job) => job.id === item.jobId)) };
}

type After = Pick<UploadView, "status" | "tone" | "progress" | "note" | "settled"> &
  Partial<Pick<UploadView, "videoId">>;

function afterSending(job: Job | undefined): After {
  const going = { tone: "accent" as const, settled: false };
  if (!job || job.state === "queued") {
    return { ...going, status: "waiting to be read", progress: null, note: null };
  }
  if (job.state === "running") {
    return { ...going, status: "reading", progress: job.progress, note: job.message || null };
  }
  const over = { progress: undefined, settled: true };
  if (job.state !== "done") {
    return { ...over, status: job.state, tone: "bad", note: jobError(job)?.message ?? null };
  }
  if (job.result?.duplicate) {
    return {
      ...over,
      ...SENDING.duplicate,
      note: "The same file is already in this project.",
      videoId: job.video_id,
    };
  }
  return { ...over, status: "ready", tone: "ok", note: null };
}
