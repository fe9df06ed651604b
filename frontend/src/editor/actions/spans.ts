/** What a person does to actions on a tube, and to segments of the video. */
import { spansOf } from "../../domain/annotations";
import { newId } from "../../domain/id";
import type { Operation } from "../../domain/operations";
import type { FrameRange, Span } from "../../domain/span";
import type { Label } from "../../domain/taxonomy";
import { endFrame, startFrame, type Frame } from "../../domain/tube";
import { toast } from "../../ui/Toast";
import type { EditorModel } from "../model";

/** The frames on which a label may lie: those of its tube, or the whole video. */
export function roomFor(model: EditorModel, tubeId: string | null): FrameRange {
  const tube = tubeId ? model.annotations.tubes.get(tubeId) : undefined;
  return tube
    ? { start_frame: startFrame(tube), end_frame: endFrame(tube) }
    : { start_frame: 0, end_frame: model.timebase.frameCount };
}

/** Which tube a label goes on now; undefined when it needs one and none is chosen. */
export function ownerOf(model: EditorModel, label: Label): string | null | undefined {
  if (label.kind === "segment" || label.kind === "video_class") return null;
  const { tubeId } = model.ui.get();
  if (tubeId) return tubeId;
  toast(`“${label.name}” is an action of somebody: choose a tube first.`);
  return undefined;
}

/** Takes a span away: what a model proposed is rejected and kept, own work is removed. */
export function dropOperation(span: Span): Operation {
  return span.proposed === null || span.state === "manual"
    ? { op: "span_remove", span_id: span.id }
    : { op: "span_decide", span_id: span.id, decision: "rejected" };
}

export function dropSpan(model: EditorModel, span: Span): void {
  model.edit(`Remove ${labelName(model, span.label_id)}`, [dropOperation(span)]);
  model.ui.set({ spanId: null });
}

export function addSpan(
  model: EditorModel,
  labelId: number,
  tubeId: string | null,
  range: FrameRange,
  isChosen = true,
): void {
  const room = roomFor(model, tubeId);
  const start_frame = Math.max(range.start_frame, room.start_frame);
  const end_frame = Math.min(range.end_frame, room.end_frame);
  if (end_frame <= start_frame) {
    toast(`The tube is on frames ${room.start_frame} to ${room.end_frame - 1} only.`);
    return;
  }
  const id = newId();
  const span = { id, tube_id: tubeId, label_id: labelId, start_frame, end_frame };
  if (model.edit(`Mark ${labelName(model, labelId)}`, [{ op: "span_add", span }])) {
    model.ui.set({ spanId: isChosen ? id : null, tubeId, labelId });
  }
}

/**
 * The label's state changes from this frame on: where it is on it ends here, where it is off it
 * begins here and lasts to the end of the tube or to its next span.
 */
export function toggleHere(model: EditorModel, label: Label): void {
  const tubeId = ownerOf(model, label);
  if (tubeId === undefined) return;
  if (label.kind === "video_class") return toggleWhole(model, label, null);
  const frame = model.frame;
  const spans = liveSpans(model, tubeId, label.id);
  const here = spans.find((s) => s.start_frame <= frame && frame < s.end_frame);
  if (here) return stopHere(model, here, frame);
  const room = roomFor(model, tubeId);
  const next = spans.find((s) => s.start_frame > frame);
  const end_frame = next ? next.start_frame : room.end_frame;
  const before = spans.find((s) => s.end_frame === frame);
  if (before) {
    model.edit(`Extend ${label.name}`, [{ op: "span_set", span_id: before.id, end_frame }]);
    model.ui.set({ spanId: null, labelId: label.id });
  } else {
    // Not chosen: the next key adds a second action instead of relabeling this one.
    addSpan(model, label.id, tubeId, { start_frame: frame, end_frame }, false);
  }
}

function stopHere(model: EditorModel, span: Span, frame: Frame): void {
  if (span.start_frame === frame) return dropSpan(model, span);
  model.edit(`End ${labelName(model, span.label_id)}`, [
    { op: "span_set", span_id: span.id, end_frame: frame },
  ]);
  model.ui.set({ spanId: null });
}

/** Marks while playing: the first call is the start, the second the end. */
export function toggleMarking(model: EditorModel, label: Label): void {
  const { marking } = model.ui.get();
  const frame = model.player.head.get().frame;
  if (marking && marking.labelId === label.id) {
    model.ui.set({ marking: null });
    addSpan(model, label.id, marking.tubeId, {
      start_frame: Math.min(marking.start_frame, frame),
      end_frame: Math.max(marking.start_frame, frame) + 1,
    });
    return;
  }
  const tubeId = ownerOf(model, label);
  if (tubeId === undefined) return;
  model.ui.set({ marking: { labelId: label.id, tubeId, start_frame: frame }, labelId: label.id });
}

/** The label on all of the tube (or video): on if it was off, off if it was on. */
export function toggleWhole(model: EditorModel, label: Label, tubeId: string | null): void {
  const live = liveSpans(model, tubeId, label.id);
  if (live.length > 0) {
    model.edit(`Not ${label.name}`, live.map(dropOperation));
    return;
  }
  model.edit(label.name, [onOperation(model, label, tubeId)]);
}

/** The label is the only one: one key corrects a wrong guess and keeps its times. */
export function onlyThis(model: EditorModel, label: Label, tubeId: string): void {
  const others = liveSpans(model, tubeId).filter((span) => span.label_id !== label.id);
  const isOn = liveSpans(model, tubeId, label.id).length > 0;
  const first = others[0];
  const operations: Operation[] = others.slice(isOn ? 0 : 1).map(dropOperation);
  if (!isOn && first) {
    operations.push({ op: "span_set", span_id: first.id, label_id: label.id });
  } else if (!isOn) {
    operations.push(onOperation(model, label, tubeId));
  }
  model.edit(`Only ${label.name}`, operations);
}

function onOperation(model: EditorModel, label: Label, tubeId: string | null): Operation {
  const rejected = spansOf(model.annotations, tubeId).find(
    (span) => span.label_id === label.id && span.state === "rejected",
  );
  if (rejected) return { op: "span_decide", span_id: rejected.id, decision: "accepted" };
  const span = { id: newId(), tube_id: tubeId, label_id: label.id, ...roomFor(model, tubeId) };
  return { op: "span_add", span };
}

/** Sets an edge of the chosen span to this frame. */
export function moveEdgeHere(model: EditorModel, span: Span, edge: "start" | "end"): void {
  const frame = model.frame;
  const operation: Operation =
    edge === "start"
      ? { op: "span_set", span_id: span.id, start_frame: frame }
      : { op: "span_set", span_id: span.id, end_frame: frame + 1 };
  model.edit(`${edge === "start" ? "Begin" : "End"} ${labelName(model, span.label_id)}`, [
    operation,
  ]);
}

/** Says only what changes, so that somebody else's change of the other edge stays. */
export function setSpan(
  model: EditorModel,
  span: Span,
  change: { start_frame?: number; end_frame?: number },
): void {
  const room = roomFor(model, span.tube_id);
  const start_frame = Math.max(change.start_frame ?? span.start_frame, room.start_frame);
  const end_frame = Math.min(change.end_frame ?? span.end_frame, room.end_frame);
  model.edit(`Change ${labelName(model, span.label_id)}`, [
    {
      op: "span_set",
      span_id: span.id,
      ...(start_frame !== span.start_frame && { start_frame }),
      ...(end_frame !== span.end_frame && { end_frame }),
    },
  ]);
}

/** Spans that are not rejected, of one label or of all, as far as they are to be seen. */
export function liveSpans(model: EditorModel, tubeId: string | null, labelId?: number): Span[] {
  return spansOf(model.shown, tubeId).filter(
    (span) => span.state !== "rejected" && (labelId === undefined || span.label_id === labelId),
  );
}

export function labelName(model: EditorModel, labelId: number): string {
  return model.labels.get(labelId)?.name ?? `label ${labelId}`;
}
