/** What travels over the wire, under the names the server uses. */

export type JobState = "queued" | "running" | "done" | "failed" | "cancelled";
export type JobKind = "ingest" | "propose" | "train" | "export" | "import";
export type AnnotationState = "proposed" | "accepted" | "corrected" | "rejected" | "manual";
export type LabelKind = "object" | "action" | "segment" | "video_class";
export type Role = "owner" | "manager" | "annotator" | "reviewer" | "viewer";
export type Split = "train" | "val" | "test" | "hold-out";
export type VideoState = "ingesting" | "ready" | "failed";

/** The one body of every failure. */
export interface ErrorBody {
  code: string;
  message: string;
  detail: Record<string, unknown> | null;
}

export interface User {
  id: number;
  username: string;
}

export interface Session {
  user: User | null;
  csrf_token: string;
}

export interface Label {
  id: number;
  kind: LabelKind;
  name: string;
  color: string;
  hotkey: string;
  ava_id: number | null;
  ava_group: string;
  position: number;
}

export interface Project {
  id: number;
  name: string;
  slug: string;
  role: Role;
  settings: Record<string, unknown>;
  labels: Label[];
  counts: {
    videos: number;
    tubes: number;
    proposed: number;
    confirmed: number;
    rejected: number;
    jobs_running: number;
  };
  created_at: string;
}

export interface Member {
  user_id: number;
  username: string;
  role: Role;
}

export interface Video {
  id: string;
  project_id: number;
  name: string;
  state: VideoState;
  /** Why it failed; empty otherwise. */
  error: string;
  width: number;
  height: number;
  frame_count: number;
  fps: [number, number];
  duration_s: number;
  split: Split;
  external_id: string;
  start_s: number;
  sha256: string;
  thumbnail_url: string | null;
  media_url: string | null;
  warnings: string[];
  counts: {
    tubes: number;
    proposed: number;
    confirmed: number;
    rejected: number;
    covered_frames: number;
  };
  created_at: string;
}

/** Presentation time of every frame: `ticks[frame] * time_base` seconds. */
export interface Timebase {
  time_base: [number, number];
  ticks: number[];
  end_tick: number;
}

export interface Keyframe {
  frame: number;
  /** x1, y1, x2, y2 in pixels of the display-oriented source. */
  box: [number, number, number, number];
  occluded: boolean;
  outside: boolean;
}

export interface Tube {
  id: string;
  number: number | null;
  label_id: number;
  keyframes: Keyframe[];
  state: AnnotationState;
  score: number | null;
  run_id: string | null;
  proposed: { label_id: number; keyframes: Keyframe[] } | null;
  revision: number;
}

export interface Span {
  id: string;
  tube_id: string | null;
  label_id: number;
  start_frame: number;
  end_frame: number;
  state: AnnotationState;
  score: number | null;
  run_id: string | null;
  proposed: { label_id: number; start_frame: number; end_frame: number } | null;
  revision: number;
}

export interface Coverage {
  id: string;
  tube_id: string | null;
  start_frame: number;
  end_frame: number;
  label_ids: number[];
  revision: number;
}

export interface Annotations {
  revision: number;
  tubes: Tube[];
  spans: Span[];
  coverage: Coverage[];
}

/** What a commit answers, and what changed since a revision. */
export interface AnnotationDelta extends Annotations {
  removed: { tubes: string[]; spans: string[]; coverage: string[] };
}

export interface HistoryEntry {
  number: number;
  author: string | null;
  origin: string;
  created_at: string;
  summary: string;
  operations_count: number;
}

export interface Detector {
  name: string;
  title: string;
  available: boolean;
  reason: string;
  default: boolean;
  speed_note: string;
}

export interface Job {
  id: string;
  kind: JobKind;
  project_id: number;
  video_id: string | null;
  video_name: string | null;
  state: JobState;
  /** 0 to 1. */
  progress: number;
  message: string;
  error: ErrorBody | null;
  result: Record<string, unknown> | null;
  created_at: string;
  started_at: string | null;
  finished_at: string | null;
}

export interface ClassMetrics {
  label_id: number;
  name: string;
  precision: number;
  recall: number;
  f1: number;
  support: number;
}

export interface Metrics {
  accuracy: number;
  macro: { precision: number; recall: number; f1: number };
  per_class: ClassMetrics[];
  n: number;
}

export interface Round {
  id: string;
  number: number;
  state: "queued" | "running" | "done" | "failed";
  job_id: string | null;
  snapshot_hash: string | null;
  created_at: string;
  finished_at: string | null;
  counts: { train: Record<string, number>; hold_out: Record<string, number> };
  model: { id: string; status: string; name: string } | null;
  evaluated_on: string;
  metrics: { candidate: Metrics | null; champion: Metrics | null };
  decision: string;
  reason: string;
}

export interface QueueItem {
  id: string;
  video_id: string;
  video_name: string;
  tube_id: string;
  tube_number: number | null;
  kind: "tube";
  reason: string;
  score: number;
  rank: number;
  state: "open" | "done" | "skipped";
  leased_by: string | null;
}

export interface Queue {
  items: QueueItem[];
  total: number;
}

export type ExportState = "reviewed" | "proposed" | "all";

export interface Export {
  id: string;
  job_id: string | null;
  format: string;
  state: ExportState;
  created_at: string;
  snapshot_hash: string | null;
  counts: Record<string, unknown> | null;
  download_url: string | null;
}

export type ImportMode = "dry-run" | "merge" | "replace";

/** How many objects an import would touch, by what would happen to them. */
export interface ImportCounts {
  new: number;
  changed: number;
  unchanged: number;
  removed: number;
  conflict: number;
}

export interface ImportReport {
  rows: number;
  /** By the name of the video. */
  videos: Record<string, { id?: string; conflicts?: string[] }>;
  tubes: ImportCounts;
  spans: ImportCounts;
  created_labels: string[];
  unknown_labels: string[];
  unknown_videos: string[];
  /** The first of the rows at fault; `error_count` says how many there are. */
  errors: { row: number | null; reason: string }[];
  error_count: number;
  assumptions: string[];
}
