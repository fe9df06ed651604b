/** What a round's outcome is called, and the figures that the pages compare. */

import { isActive } from "../../api/jobs";
import type { ClassMetrics, Job, Metrics, Round } from "../../api/types";
import type { Tone } from "../../ui/Badge";

export const isRunning = (round: Round): boolean =>
  round.state === "queued" || round.state === "running";

const DECISIONS: Record<string, { text: string; tone: Tone }> = {
  promoted: { text: "promoted", tone: "ok" },
  kept: { text: "kept the old", tone: "neutral" },
  undecided: { text: "undecided", tone: "warn" },
  candidate: { text: "better, not in use", tone: "accent" },
};

export function outcome(round: Round): { text: string; tone: Tone } {
  if (isRunning(round)) return { text: round.state, tone: "accent" };
  if (round.state === "failed") return { text: "failed", tone: "bad" };
  // There is no old one to keep where none was in use.
  if (round.decision === "kept" && !round.parent) return { text: "not used", tone: "neutral" };
  return DECISIONS[round.decision] ?? { text: round.decision || "done", tone: "neutral" };
}

/** "finetune i3d"; a dash for a round made before there were recipes. */
export const recipeText = ({ recipe, net }: Round): string =>
  [recipe, net].filter(Boolean).join(" ") || "–";

export const roundJob = (round: Round, jobs: Job[]): Job | undefined =>
  jobs.find((job) => job.id === round.job_id);

/** The training under way, whether its round is known yet or not. */
export const runningTraining = (jobs: Job[]): Job | undefined =>
  jobs.find((job) => job.kind === "train" && isActive(job));

/** The figures of both models; null for one that there was nothing to measure on. */
export function measured({ metrics }: Round): Round["metrics"] {
  const known = (figures: Metrics | null) => (figures && figures.n > 0 ? figures : null);
  return { candidate: known(metrics.candidate), champion: known(metrics.champion) };
}

export interface ClassRow {
  key: number | string;
  name: string;
  support: number;
  candidate: ClassMetrics | null;
  champion: ClassMetrics | null;
}

/** The two models' figures side by side, one row per class that either was measured on. */
export function classRows(candidate: Metrics | null, champion: Metrics | null): ClassRow[] {
  const rows = new Map<number, ClassRow>();
  for (const [side, metrics] of [
    ["candidate", candidate],
    ["champion", champion],
  ] as const) {
    for (const figures of metrics?.per_class ?? []) {
      const row = rows.get(figures.label_id) ?? {
        key: figures.label_id,
        name: figures.name,
        support: figures.support,
        candidate: null,
        champion: null,
      };
      rows.set(figures.label_id, { ...row, [side]: figures });
    }
  }
  return [...rows.values()];
}
