/** The loop's side of a round in words: what started it, its steps, what made its model. */

import type { Round, RoundStep } from "../../api/types";
import type { Tone } from "../../ui/Badge";
import { isRunning, outcome } from "./roundText";

export const STEPS = [
  { name: "snapshot", title: "Snapshot", doing: "freezing what was reviewed" },
  { name: "train", title: "Train", doing: "training" },
  { name: "calibrate", title: "Calibrate", doing: "fitting its probabilities" },
  { name: "compare", title: "Compare", doing: "measuring on the hold-out" },
  { name: "promote", title: "Promote", doing: "deciding" },
  { name: "propose", title: "Propose", doing: "proposing on what is open" },
  { name: "queue", title: "Queue", doing: "ranking what is asked next" },
] as const;

const TRIGGERS: Record<Round["trigger"], string> = {
  person: "by hand",
  api: "through the API",
  minutes: "after reviewed minutes",
  schedule: "on schedule",
};

export const triggerText = (trigger: Round["trigger"]): string => TRIGGERS[trigger];

/** A round waits behind another one of its project; a worker's queue is another thing. */
export const isWaiting = (round: Round): boolean => round.state === "queued" && round.waiting;

/** The word on a round's badge: of one under way its step. */
export function roundOutcome(round: Round): { text: string; tone: Tone } {
  if (isWaiting(round)) return { text: "waiting", tone: "neutral" };
  const step = STEPS.find(({ name }) => name === round.step);
  if (round.state === "running" && step)
    return { text: `running: ${step.title.toLowerCase()}`, tone: "accent" };
  return outcome(round);
}

export type StepState = "done" | "now" | "failed" | "ahead";

export interface StepView {
  name: string;
  title: string;
  state: StepState;
  /** Null where it has not begun, or has not ended. */
  seconds: number | null;
  startedAt: string | null;
  digest: string;
}

/** Every step of a round in order, whether it has come to it or not. */
export function stepViews(round: Round, nowMs = Date.now()): StepView[] {
  const known = new Map(round.steps.map((step) => [step.name, step]));
  const extra = [...known.keys()].filter((name) => !STEPS.some((step) => step.name === name));
  const titles = [...STEPS, ...extra.map((name) => ({ name, title: name }))];
  return titles.map(({ name, title }) => {
    const step = known.get(name);
    return {
      name,
      title,
      state: stateOf(round, step),
      seconds: step ? lasted(step, isRunning(round) ? nowMs : null) : null,
      startedAt: step?.started_at ?? null,
      digest: step?.digest ?? "",
    };
  });
}

function stateOf(round: Round, step: RoundStep | undefined): StepState {
  if (step?.finished_at) return "done";
  if (!step) return "ahead";
  if (round.state === "failed") return "failed";
  return isRunning(round) ? "now" : "ahead";
}

function lasted({ started_at, finished_at }: RoundStep, nowMs: number | null): number | null {
  const end = finished_at ? Date.parse(finished_at) : nowMs;
  return end === null ? null : Math.max(0, (end - Date.parse(started_at)) / 1000);
}

/** "0.4 s", "12 s", "3 min 5 s": how long a machine took. */
export function tookText(seconds: number | null): string {
  if (seconds === null) return "";
  if (seconds < 10) return `${seconds.toFixed(1)} s`;
  if (seconds < 60) return `${Math.round(seconds)} s`;
  const whole = Math.round(seconds);
  if (whole < 3600) return `${Math.floor(whole / 60)} min ${whole % 60} s`;
  return `${Math.floor(whole / 3600)} h ${Math.floor((whole % 3600) / 60)} min`;
}

/** "Tubelab 0.9.0, commit 1a2b3c4d5e6f (with changes)". */
export function codeText({ code }: Round): string {
  if (!code.version) return "";
  const commit = code.commit ? `, commit ${code.commit.slice(0, 12)}` : "";
  return `Tubelab ${code.version}${commit}${code.changed ? " (with changes)" : ""}`;
}

export const librariesText = ({ code }: Round): string =>
  Object.entries(code.libraries)
    .filter(([, version]) => version)
    .map(([name, version]) => `${name} ${version}`)
    .join(", ");

/** The same as data, to be kept beside a file of results. */
export const provenance = (round: Round): string =>
  JSON.stringify(
    {
      round: round.number,
      round_id: round.id,
      model: round.model && { id: round.model.id, name: round.model.name },
      compared_with: round.parent,
      snapshot_hash: round.snapshot_hash,
      revision: round.effort.revision,
      schema_version: round.schema_version,
      seed: round.seed,
      recipe: round.recipe,
      net: round.net,
      params: round.params,
      code: round.code,
      trigger: round.trigger,
      started_by: round.started_by,
      started: round.created_at,
      queue_hash: round.queue_hash,
    },
    null,
    2,
  );
