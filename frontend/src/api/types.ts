/**
 * What travels over the wire. The shapes come from the server's schema (`npm run types`); what a
 * schema cannot say, such as what a job's result holds, is added here.
 */

import type { components } from "./schema";

type Schemas = components["schemas"];

// The schema calls a field optional when a request may leave it out. Answers have all of them.
type Whole<T> = T extends (infer Item)[]
  ? number extends T["length"]
    ? Whole<Item>[]
    : T
  : T extends object
    ? { [Key in keyof T]-?: Whole<T[Key]> }
    : T;

type With<T, Better> = Omit<T, keyof Better> & Better;
type Answer<Name extends keyof Schemas> = Whole<Schemas[Name]>;

export type JobState = Schemas["JobStateEnum"];
export type JobKind = Schemas["JobKindEnum"];
export type AnnotationState = Schemas["LabelStateEnum"];
export type LabelKind = Schemas["LabelKindEnum"];
export type Role = Schemas["RoleEnum"];
export type Split = Schemas["SplitEnum"];
export type VideoState = Schemas["VideoStateEnum"];

/** The one body of every failure. */
export interface ErrorBody {
  code: string;
  message: string;
  detail: Record<string, unknown> | null;
}

export type User = Answer<"User">;
export type Session = With<Answer<"Session">, { user: User | null }>;
export type Label = Answer<"Label">;
export type Project = With<Answer<"Project">, { role: Role; settings: Record<string, unknown> }>;
export type Member = Answer<"Member">;
export type Video = Answer<"Video">;
/** Presentation time of every frame: `ticks[frame] * time_base` seconds. */
export type Timebase = Answer<"Timebase">;
export type Detector = Answer<"Detector">;

export type Keyframe = Answer<"Keyframe">;
export type Tube = With<
  Answer<"Tube">,
  { keyframes: Keyframe[]; proposed: { label_id: number; keyframes: Keyframe[] } | null }
>;
export type Span = With<
  Answer<"Span">,
  { proposed: { label_id: number; start_frame: number; end_frame: number } | null }
>;
export type Coverage = Answer<"Coverage">;

export interface Annotations {
  revision: number;
  tubes: Tube[];
  spans: Span[];
  coverage: Coverage[];
}

/** What a commit answers, and what changed since a revision. */
export interface AnnotationDelta extends Annotations {
  removed: Answer<"Removed">;
}

export type HistoryEntry = Answer<"History">;

export type Job = With<
  Answer<"Job">,
  { error: ErrorBody | null; result: Record<string, unknown> | null }
>;

export type ClassMetrics = Answer<"ClassMetrics">;
export type Metrics = Answer<"Metrics">;
export type Round = Answer<"Round">;
export type QueueItem = Answer<"QueueItem">;
export type Queue = Answer<"Queue">;

export type Export = Answer<"Export">;
export type ExportState = Export["state"];
export type ImportMode = Schemas["ModeEnum"];

/** How many objects an import would touch, by what would happen to them. */
export interface ImportCounts {
  new: number;
  changed: number;
  unchanged: number;
  removed: number;
  conflict: number;
}

/** The result of an import's job. */
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
