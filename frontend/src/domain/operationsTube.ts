import {
  coverageOf,
  spansOf,
  tubeFrom,
  tubeIn,
  type Annotations,
  type Change,
} from "./annotations";
import { boxFrom } from "./box";
import { InvalidOperation } from "./errors";
import type { Operations } from "./operations";
import { clipped, type Coverage, type Span } from "./span";
import { afterDecision, afterEdit } from "./state";
import {
  endFrame,
  keyframeOn,
  merge,
  split,
  startFrame,
  trim,
  withKeyframe,
  type Keyframe,
  type Tube,
} from "./tube";

export function tubeAdd(annotations: Annotations, op: Operations["tube_add"]): Change[] {
  const tube = tubeFrom({
    number: null,
    state: "manual",
    score: null,
    run_id: null,
    proposed: null,
    revision: 0,
    ...op.tube,
  });
  if (annotations.tubes.has(tube.id)) throw new InvalidOperation(`Tube ${tube.id} exists already.`);
  const { label_id, keyframes } = tube;
  const proposed = tube.state === "proposed" ? { label_id, keyframes } : tube.proposed;
  return [put(null, { ...tube, proposed })];
}

export function tubeRemove(annotations: Annotations, op: Operations["tube_remove"]): Change[] {
  const tube = tubeIn(annotations, op.tube_id);
  return [
    ...spansOf(annotations, tube.id).map((span) => putSpan(span, null)),
    ...coverageOf(annotations, tube.id).map((covered) => putCoverage(covered, null)),
    put(tube, null),
  ];
}

export function tubeRelabel(annotations: Annotations, op: Operations["tube_relabel"]): Change[] {
  const tube = tubeIn(annotations, op.tube_id);
  return [put(tube, edited({ ...tube, label_id: op.label_id }))];
}

export function tubeTrim(annotations: Annotations, op: Operations["tube_trim"]): Change[] {
  const tube = tubeIn(annotations, op.tube_id);
  return reshaped(annotations, tube, trim(tube, op.start_frame, op.end_frame));
}

export function tubeSplit(annotations: Annotations, op: Operations["tube_split"]): Change[] {
  const tube = tubeIn(annotations, op.tube_id);
  const id = op.new_tube_id;
  if (annotations.tubes.has(id)) throw new InvalidOperation(`Tube ${id} exists already.`);
  const [left, right] = split(tube, op.frame);
  const made: Tube = {
    ...edited({ ...tube, keyframes: right }),
    id,
    number: null,
    run_id: null,
    proposed: null,
    revision: 0,
  };
  return [
    put(tube, edited({ ...tube, keyframes: left })),
    put(null, made),
    ...spansOf(annotations, tube.id).flatMap((span) => splitSpan(span, op)),
    ...coverageOf(annotations, tube.id).map((c) => putCoverage(c, clipped(c, 0, op.frame))),
  ];
}

function splitSpan(span: Span, op: Operations["tube_split"]): Change[] {
  if (span.end_frame <= op.frame) return [];
  if (span.start_frame >= op.frame) return [putSpan(span, { ...span, tube_id: op.new_tube_id })];
  const id = op.new_span_ids?.[span.id];
  if (!id) {
    throw new InvalidOperation(`new_span_ids lacks an id for the cut part of span ${span.id}.`);
  }
  const right: Span = {
    ...cut({ ...span, start_frame: op.frame }),
    id,
    tube_id: op.new_tube_id,
    run_id: null,
    proposed: null,
    revision: 0,
  };
  return [putSpan(span, cut({ ...span, end_frame: op.frame })), putSpan(null, right)];
}

export function tubeMerge(annotations: Annotations, op: Operations["tube_merge"]): Change[] {
  const tube = tubeIn(annotations, op.tube_id);
  const other = tubeIn(annotations, op.other_id);
  if (tube.id === other.id) throw new InvalidOperation("A tube cannot be merged with itself.");
  return [
    put(tube, edited({ ...tube, keyframes: merge(tube, other) })),
    ...spansOf(annotations, other.id).map((s) => putSpan(s, { ...s, tube_id: tube.id })),
    ...coverageOf(annotations, other.id).map((covered) => putCoverage(covered, null)),
    put(other, null),
  ];
}

export function tubeDecide(annotations: Annotations, op: Operations["tube_decide"]): Change[] {
  const tube = tubeIn(annotations, op.tube_id);
  const state = afterDecision(tube.state, op.decision, tube.proposed !== null);
  return [put(tube, { ...tube, state })];
}

export function keyframeSet(annotations: Annotations, op: Operations["keyframe_set"]): Change[] {
  const tube = tubeIn(annotations, op.tube_id);
  if (!Number.isInteger(op.frame) || op.frame < 0) {
    throw new InvalidOperation(`A keyframe's frame is a whole number from 0, got ${op.frame}.`);
  }
  const keyframe: Keyframe = {
    frame: op.frame,
    box: boxFrom(op.box),
    occluded: op.occluded ?? false,
    outside: op.outside ?? false,
  };
  return [put(tube, edited({ ...tube, keyframes: withKeyframe(tube.keyframes, keyframe) }))];
}

export function keyframeRemove(
  annotations: Annotations,
  op: Operations["keyframe_remove"],
): Change[] {
  const tube = tubeIn(annotations, op.tube_id);
  if (!keyframeOn(tube, op.frame)) {
    throw new InvalidOperation(`Tube ${tube.id} has no keyframe at frame ${op.frame}.`);
  }
  if (tube.keyframes.length === 1) {
    throw new InvalidOperation("A tube's only keyframe cannot be deleted; remove the tube.");
  }
  return reshaped(
    annotations,
    tube,
    tube.keyframes.filter((k) => k.frame !== op.frame),
  );
}

/** The tube with other keyframes, its spans and coverage cut to what is left of it. */
function reshaped(annotations: Annotations, tube: Tube, keyframes: readonly Keyframe[]): Change[] {
  const after = edited({ ...tube, keyframes });
  const [start, end] = [startFrame(after), endFrame(after)];
  const changes = [put(tube, after)];
  for (const span of spansOf(annotations, tube.id)) {
    if (span.start_frame >= start && span.end_frame <= end) continue;
    const kept = clipped(span, start, end);
    changes.push(putSpan(span, kept && cut(kept)));
  }
  for (const covered of coverageOf(annotations, tube.id)) {
    changes.push(putCoverage(covered, clipped(covered, start, end)));
  }
  return changes;
}

/** A span shortened with its tube: nobody judged its label, so a proposal stays one. */
function cut(span: Span): Span {
  return span.state === "accepted" ? { ...span, state: "corrected" } : span;
}

function edited(tube: Tube): Tube {
  return { ...tube, state: afterEdit(tube.state) };
}

function put(before: Tube | null, after: Tube | null): Change {
  return { kind: "tube", id: (before ?? after)!.id, before, after };
}

function putSpan(before: Span | null, after: Span | null): Change {
  return { kind: "span", id: (before ?? after)!.id, before, after };
}

function putCoverage(before: Coverage | null, after: Coverage | null): Change {
  return { kind: "coverage", id: (before ?? after)!.id, before, after };
}
