import { tubeIn, type Annotations, type Change } from "./annotations";
import { InvalidOperation } from "./errors";
import type { Operations } from "./operations";
import { checkRange, type Coverage } from "./span";

export function coverageAdd(annotations: Annotations, op: Operations["coverage_add"]): Change[] {
  const { id, tube_id, start_frame, end_frame } = op.coverage;
  checkRange(start_frame, end_frame);
  if (annotations.coverage.has(id)) throw new InvalidOperation(`Coverage ${id} exists already.`);
  if (tube_id !== null) tubeIn(annotations, tube_id);
  const label_ids = [...new Set(op.coverage.label_ids)].sort((a, b) => a - b);
  const after: Coverage = { id, tube_id, start_frame, end_frame, label_ids, revision: 0 };
  return [{ kind: "coverage", id, before: null, after }];
}

export function coverageRemove(
  annotations: Annotations,
  op: Operations["coverage_remove"],
): Change[] {
  const before = annotations.coverage.get(op.coverage_id);
  if (!before) throw new InvalidOperation(`There is no coverage ${op.coverage_id}.`);
  return [{ kind: "coverage", id: before.id, before, after: null }];
}
