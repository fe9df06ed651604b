/** What the pages of the learning loop read. */

import type { Round } from "../../api/types";

/** A head that learned from some of the answers, measured on the round's hold-out. */
export interface PartFigures {
  labels: number;
  macro_f1: number;
  map: number | null;
}

/** Learned from the random slice alone; `active` from as many chosen answers. */
export interface Control extends PartFigures {
  active: PartFigures | null;
}

export interface LearningRound {
  number: number;
  round_id: string;
  created_at: string;
  state: string;
  decision: string;
  in_use: boolean;
  labels: number | null;
  seconds: number | null;
  macro_f1: number | null;
  macro_f1_low: number | null;
  macro_f1_high: number | null;
  map: number | null;
  ece: number | null;
  brier: number | null;
  control: Control | null;
  kappa: number | null;
  kappa_windows: number;
  control_note: string;
  hold_out: { rule: string; tubes: number; videos: number } | null;
}

export interface ForecastPoint {
  labels: number;
  f1: number;
  low: number;
  high: number;
}

export interface Forecast {
  points: ForecastPoint[];
  next_hundred: number | null;
  next_hundred_low: number | null;
  next_hundred_high: number | null;
  seconds_per_label: number | null;
  note: string;
}

export interface StopReason {
  what: string;
  met: boolean;
  value: number | null;
  note: string;
}

export interface Acceptance {
  shown: number;
  accepted: number;
}

export interface Learning {
  rounds: LearningRound[];
  forecast: Forecast;
  stop: { advised: boolean; reasons: StopReason[] };
  acceptance: { random: Acceptance; chosen: Acceptance };
}

export type ClassStatus =
  | "ok"
  | "never seen"
  | "few examples"
  | "one-sided"
  | "falling"
  | "not in hold-out"
  | "poorly calibrated";

export interface ClassHealth {
  label_id: number;
  name: string;
  retired: boolean;
  train_yes: number;
  train_no: number;
  train_tubes: number;
  hold_out_yes: number;
  f1: number | null;
  f1_low: number | null;
  f1_high: number | null;
  ece: number | null;
  trend: { round: number; f1: number | null }[];
  status: ClassStatus;
  advice: string;
}

/** A case that one of two models got right and the other wrong. */
export interface DiffCase {
  label: string;
  video: string;
  video_id: string;
  tube: number | null;
  tube_id: string;
  frame: number;
  time_s: number;
  truth: boolean;
  p_new: number;
  p_old: number;
  box_norm: [number, number, number, number];
}

export interface ClassDiff {
  label_id: number;
  name: string;
  won: number;
  lost: number;
}

export interface ModelDiff {
  against: { id: string; number: number; name: string } | null;
  shared: string[];
  not_shared: string[];
  windows: number;
  per_class: ClassDiff[];
  won: DiffCase[];
  lost: DiffCase[];
  note: string;
}

export interface AcquisitionOffer {
  name: string;
  title: string;
  about: string;
}

export interface LoopValues {
  acquisition: string;
  batch: number;
  random_share: number;
  blind_share: number;
  planted_share: number;
  double_share: number;
  discovery_share: number;
  accept_all_from: number;
  round_every_minutes: number;
  round_every_hours: number;
  promote_by: string;
}

export interface Loop extends LoopValues {
  acquisitions: AcquisitionOffer[];
  next: { minutes_reviewed: number; minutes_wanted: number; at: string | null };
}

export interface RoundStep {
  name: string;
  started_at: string | null;
  finished_at: string | null;
  digest?: string;
}

/** What a round of the loop has beyond its figures. */
export type LoopRound = Round & {
  waiting?: boolean;
  trigger?: string;
  step?: string;
  steps?: RoundStep[];
  seed?: number | null;
  code?: {
    version?: string;
    commit?: string;
    changed?: boolean;
    libraries?: Record<string, string>;
    lock?: string;
  };
  schema_version?: number | null;
  parent?: { id: string; name: string } | null;
  effort?: { labels?: number; seconds?: number; revision?: number };
  learning?: Record<string, unknown>;
  queue_hash?: string;
  started_at?: string | null;
};
