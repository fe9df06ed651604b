import { spansOf } from "../domain/annotations";
import type { Label } from "../domain/taxonomy";
import type { Tube } from "../domain/tube";
import type { EditorModel } from "../editor/model";
import { labelKeys, type LabelKey } from "../editor/labelKeys";

const DIGIT_COUNT = 10;

/** The model's best score for each label on the tube, rejected guesses too. */
export function scoresOf(model: EditorModel, tube: Tube): Map<number, number> {
  const scores = new Map<number, number>();
  for (const span of spansOf(model.shown, tube.id)) {
    if (span.score === null) continue;
    // A relabeled span's score is still that of what the model said.
    const labelId = span.proposed?.label_id ?? span.label_id;
    scores.set(labelId, Math.max(span.score, scores.get(labelId) ?? 0));
  }
  return scores;
}

/** Action labels, the model's best guesses for the tube first. */
export function labelsByScore(model: EditorModel, tube: Tube): Label[] {
  const scores = scoresOf(model, tube);
  return model
    .labelsOf("action")
    .sort((a, b) => (scores.get(b.id) ?? -1) - (scores.get(a.id) ?? -1));
}

/**
 * Keys of the action labels for one proposal. As long as every label has a key of its own, keys
 * never change, for the fingers' sake; in a larger schema the best guesses get them.
 */
export function reviewKeys(model: EditorModel, tube: Tube): readonly LabelKey[] {
  const { labels } = model.project;
  if (model.labelsOf("action").length <= DIGIT_COUNT) return labelKeys(labels);
  const byScore = labelsByScore(model, tube).map((label, position) => ({ ...label, position }));
  return labelKeys(byScore).map((key) => ({ ...key, label: model.labels.get(key.label.id)! }));
}
