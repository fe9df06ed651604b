/** What a person asks an evaluation for, and the form that is sent. */

import type { Metric, Split } from "../../api/types";

export interface EvaluationChoice {
  metric: Metric;
  /** Empty: the metric's first. */
  evaluator: string;
  source: "proposals" | "file";
  file: File | null;
  /** Empty: all of them. */
  splits: Split[];
}

export function evaluationBody({ metric, evaluator, source, file, splits }: EvaluationChoice) {
  const form = new FormData();
  form.set("metric", metric);
  if (evaluator) form.set("evaluator", evaluator);
  form.set("predictions", source);
  if (source === "file" && file) form.set("file", file);
  splits.forEach((split) => form.append("splits", split));
  return form;
}
