import { spanIn, tubeIn, type Annotations, type Change } from "./annotations";
import { InvalidOperation } from "./errors";
import type { Operations } from "./operations";
import { checkRange, type Span } from "./span";
import { afterDecision, afterEdit } from "./state";

export function spanAdd(annotations: Annotations, op: Operations["span_add"]): Change[] {
  const span: Span = {
    state: "manual",
    score: null,
    run_id: null,
    proposed: null,
    revision: 0,
    ...op.span,
  };
  checkRange(span.start_frame, span.end_frame);
  if (annotations.spans.has(span.id)) {
    throw new InvalidOperation(`Span ${span.id} exists already.`);
  }
  if (span.tube_id !== null) tubeIn(annotations, span.tube_id);
  const { label_id, start_frame, end_frame } = span;
  const proposed = span.state === "proposed" ? { label_id, start_frame, end_frame } : span.proposed;
  return [{ kind: "span", id: span.id, before: null, after: { ...span, proposed } }];
}

export function spanSet(annotations: Annotations, op: Operations["span_set"]): Change[] {
  const before = spanIn(annotations, op.span_id);
  const after: Span = {
    ...before,
    start_frame: op.start_frame ?? before.start_frame,
    end_frame: op.end_frame ?? before.end_frame,
    label_id: op.label_id ?? before.label_id,
    state: afterEdit(before.state),
  };
  checkRange(after.start_frame, after.end_frame);
  return [{ kind: "span", id: before.id, before, after }];
}

export function spanRemove(annotations: Annotations, op: Operations["span_remove"]): Change[] {
  const before = spanIn(annotations, op.span_id);
  return [{ kind: "span", id: before.id, before, after: null }];
}

export function spanDecide(annotations: Annotations, op: Operations["span_decide"]): Change[] {
  const before = spanIn(annotations, op.span_id);
  const state = afterDecision(before.state, op.decision, before.proposed !== null);
  return [{ kind: "span", id: before.id, before, after: { ...before, state } }];
}
