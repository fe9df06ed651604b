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
export type LabelKind = Schemas["LabelKindEnum"];
export type Role = Schemas["RoleEnum"];
export type Split = Schemas["SplitEnum"];

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
export type SchemaChange = With<Answer<"SchemaChange">, { detail: Record<string, unknown> }>;
/** The label schema's changes, newest first, and what carries each label. */
export type LabelSchema = With<Answer<"Schema">, { changes: SchemaChange[] }>;
export type Member = Answer<"Member">;
export type Video = Answer<"Video">;
/** Presentation time of every frame: `ticks[frame] * time_base` seconds. */
export type Timebase = Answer<"Timebase">;
export type Detector = Answer<"Detector">;
export type Recognizer = Answer<"Recognizer">;
/** Which models a run's proposals came from; its id is their `run_id`. */
export type Run = With<Answer<"Run">, { detail: Record<string, unknown> }>;

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

export type HistoryEntry = Answer<"History">;

export type Job = With<
  Answer<"Job">,
  { error: ErrorBody | null; result: Record<string, unknown> | null }
>;

export type ClassMetrics = Answer<"ClassMetrics">;
export type Metrics = Answer<"Metrics">;
export type Round = With<
  Answer<"Round">,
  {
    params: Record<string, unknown>;
    learning: Record<string, unknown>;
    code: With<Answer<"Code">, { libraries: Record<string, string> }>;
  }
>;
/** A step behind a round, or under way. */
export type RoundStep = Answer<"Step">;
/** How a project learns: a point for every round, what is to come, and whether to stop. */
export type Learning = Answer<"Learning">;
export type LearningRound = Answer<"LearningRound">;
export type Forecast = Answer<"Forecast">;
export type ForecastPoint = Answer<"ForecastPoint">;
export type StopReason = Answer<"StopReason">;
export type Acceptance = Answer<"Acceptance">;
export type ClassHealth = Answer<"ClassHealth">;
/** What the models of two rounds say otherwise, case by case. */
export type ModelDiff = Answer<"Diff">;
export type ClassDiff = Answer<"ClassDiff">;
export type DiffCase = Answer<"Case">;
/** How a project's loop is run, what there is to choose, and when the next round is. */
export type Loop = Answer<"Loop">;
export type LoopField = Exclude<keyof Loop, "acquisitions" | "next">;
export type ClassStatus = ClassHealth["status"];
export type Epoch = Answer<"Epoch">;
export type NetChoice = Answer<"NetChoice">;
export type RecipeChoice = With<
  Answer<"Recipe">,
  { params: Record<string, unknown>; nets: NetChoice[] }
>;
/** What a round can train on this machine. */
export type TrainChoices = With<Answer<"Choices">, { recipes: RecipeChoice[] }>;
export type CardFailure = Answer<"CardFailure">;
export type Card = With<
  Answer<"Card">,
  {
    failures: CardFailure[];
    training: With<Answer<"CardTraining">, { params: Record<string, unknown> }>;
  }
>;
/** The weights of the machine, the nets they fill, and the project's own models. */
export type Models = Answer<"Models">;
export type ModelItem = Answer<"ModelItem">;
export type ModelVersion = Answer<"ModelVersion">;
/** A file that was sent, and the job that reads or adds it. */
export type FileJob = Answer<"FileJob">;
export type FindingKind = Schemas["FindingKindEnum"];
export type Finding = Answer<"Finding">;
export type Suspicious = Answer<"Suspicious">;
export type LabelAgreement = Answer<"LabelAgreement">;
export type AgreementPair = Answer<"Pair">;
/** What every comparison of two sides has. */
export type AgreementFigures = Pick<
  AgreementPair,
  "first_tubes" | "second_tubes" | "matched" | "mean_tube_iou" | "span_iou" | "kappa"
>;
export type GoldFigures = Answer<"Gold">;
export type Agreement = Answer<"Agreement">;
export type Replica = Answer<"Replica">;

export type QueueKind = Schemas["QueueKindEnum"];
/** Who chose an item: the acquisition function, chance, … */
export type QueueSlice = Schemas["QueueSliceEnum"];
export type Question = Answer<"Question">;
/** What is held out to measure on, and how it was drawn. */
export type HoldOut = Answer<"HoldOut">;
export type HeldOutVideo = Answer<"HeldOutVideo">;
export type Draw = Answer<"Draw">;

export type QueueItem = With<Answer<"QueueItem">, { asked_by: Record<string, unknown> }>;
export type Queue = With<
  Answer<"Queue">,
  { items: QueueItem[]; kinds: Record<string, number>; slices: Record<string, number> }
>;
/** How far second looks say the same as the first. */
/** Seconds of answers by kind of question. */
export type QueueCost = Answer<"QueueCost">;
export type QueueAgreement = Answer<"QueueAgreement">;
export type AgreementCounts = Answer<"AgreementFigures">;
export type Disagreement = Answer<"Disagreement">;

/** A file format, and what it has a place for. */
export type FileFormat = Answer<"Format">;

/** What was left out of a file because its format has no place for it, by what it is. */
export type Lost = Record<string, number>;

export type Export = Answer<"Export">;
export type ExportState = Export["state"];

export interface ExportRequest {
  format: string;
  state: ExportState;
  /** Empty: all of them. */
  splits: Split[];
  label_ids: number[];
  video_ids: string[];
  as_of: string | null;
  changed_since: string | null;
  rate_hz?: number;
  decimals?: number | null;
}

/** What an export would hold, from the tables as they are. */
export type ExportPreview = Answer<"Preview">;

/** The project that was made of a backup. */
export type Restored = Answer<"Restored">;

export type ImportMode = Schemas["ModeEnum"];

/** How many objects an import would touch, by what would happen to them. */
export interface ImportCounts {
  new: number;
  changed: number;
  unchanged: number;
  removed: number;
  conflict: number;
}

export interface ImportVideo {
  id: string;
  tubes: ImportCounts;
  spans: ImportCounts;
  conflicts: string[];
  revision: number | null;
}

export interface ImportLabel {
  name: string;
  kind: string;
  count: number;
  action: "match" | "create" | "leave out" | "unknown";
  label_id: number | null;
  /** The project's label that it goes to. */
  label: string | null;
  suggestions: string[];
}

export interface ImportError {
  file?: string;
  row: number | null;
  column?: string;
  reason: string;
}

/** The result of an import's job. Lists are cut; the counts beside them are whole. */
export interface ImportReport {
  mode: ImportMode;
  format: string;
  rows: number;
  /** The revision that an import wrote. */
  revision: number | null;
  /** By the name of the video. */
  videos: Record<string, ImportVideo>;
  videos_total: number;
  tubes: ImportCounts;
  spans: ImportCounts;
  labels: ImportLabel[];
  created_labels: string[];
  unknown_labels: string[];
  unknown_videos: string[];
  unknown_videos_total: number;
  errors: ImportError[];
  error_count: number;
  assumptions: string[];
}

export type Guards = Answer<"Guards">;
export type GuardFigures = Answer<"GuardFigures">;
export type Share = Answer<"Share">;
export type PlantedEntry = Answer<"Planted">;
/** Open proposals that may be accepted at once; `note` says why there are none. */
export type SureTubes = Answer<"SureTubes">;

export type Metric = Schemas["MetricEnum"];
/** A metric with the published programs that it can follow, the default first. */
export type MetricOffer = Answer<"Metric">;
export type ClassFigures = Answer<"ClassFigures">;
export type PrCurve = Answer<"Curve">;
/** Figures and curves; the rows of its confusion matrix are the truth, columns the predictions. */
export type EvaluationResult = Answer<"Result">;
/** `result` is empty until the evaluation is done. */
export type Evaluation = With<
  Answer<"Evaluation">,
  { metric: Metric; params: Record<string, unknown>; result: Partial<EvaluationResult> }
>;
