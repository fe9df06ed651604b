/** Moving through time and among tubes. */
import { tubesInOrder } from "../../domain/annotations";
import { union } from "../../domain/box";
import type { FrameRange } from "../../domain/span";
import { boxAt, endFrame, startFrame, type Frame, type Tube } from "../../domain/tube";
import { fitted, focused } from "../../canvas/view";
import { windowAround } from "../../timeline/window";
import { passesFilter } from "../filter";
import type { EditorModel } from "../model";
import { withTube } from "./tubes";

const LOOP_MARGIN_S = 1;
const BIG_STEP = 10;

export function step(model: EditorModel, frames: number): void {
  model.player.step(frames);
}

export function bigStep(model: EditorModel, direction: 1 | -1): void {
  model.player.step(direction * BIG_STEP);
}

export function toKeyframe(model: EditorModel, direction: 1 | -1): void {
  withTube(model, (tube) => {
    const frames = tube.keyframes.map((keyframe) => keyframe.frame);
    const found = neighbor(frames, model.frame, direction);
    if (found !== undefined) model.player.seek(found);
  });
}

/** To the tube's first or last frame; without a tube, the video's. */
export function toEnd(model: EditorModel, end: "first" | "last"): void {
  model.player.pause();
  const tube = model.selectedTube;
  const range = tube ? rangeOf(tube) : { start_frame: 0, end_frame: model.timebase.frameCount };
  model.player.seek(end === "first" ? range.start_frame : range.end_frame - 1);
}

/** Chooses the next or previous tube that the filter shows, and goes to it. */
export function toTube(model: EditorModel, direction: 1 | -1): void {
  const ui = model.ui.get();
  const { annotations } = model;
  const tubes = tubesInOrder(annotations).filter(
    (tube) => tube.id === ui.tubeId || passesFilter(annotations, tube, ui),
  );
  const at = tubes.findIndex((tube) => tube.id === ui.tubeId);
  const from = at < 0 && direction < 0 ? 0 : at;
  const tube = tubes[(from + direction + tubes.length) % tubes.length];
  if (tube) goTo(model, tube);
}

/** Chooses a tube and shows a frame on which it is. */
export function goTo(model: EditorModel, tube: Tube): void {
  model.select(tube.id);
  if (!boxAt(tube, model.frame)) model.player.seek(startFrame(tube));
}

/** The range round which a tube is looked at, with a little before and after. */
export function loopAround(model: EditorModel, tube: Tube): FrameRange {
  const { timebase } = model;
  const { start_frame, end_frame } = rangeOf(tube);
  const from = timebase.timeS(start_frame) - LOOP_MARGIN_S;
  const until = timebase.timeS(end_frame) + LOOP_MARGIN_S;
  return {
    start_frame: timebase.frameAt(Math.max(0, from)),
    end_frame: Math.min(timebase.frameCount, timebase.frameAt(until) + 1),
  };
}

export function toggleLoop(model: EditorModel): void {
  const { loop } = model.player.head.get();
  const tube = model.selectedTube;
  const { spanId } = model.ui.get();
  const span = spanId ? model.annotations.spans.get(spanId) : undefined;
  if (loop) model.player.setLoop(null);
  else if (span) model.player.setLoop(span);
  else if (tube) model.player.setLoop(loopAround(model, tube));
  else model.player.setLoop({ start_frame: 0, end_frame: model.timebase.frameCount });
}

/** The picture where the tube is, large. */
export function focusTube(model: EditorModel, tube: Tube): void {
  const boxes = [];
  const range = rangeOf(tube);
  const stride = Math.max(1, Math.floor((range.end_frame - range.start_frame) / 60));
  for (let frame = range.start_frame; frame < range.end_frame; frame += stride) {
    const box = boxAt(tube, frame);
    if (box) boxes.push(box);
  }
  const whole = union(boxes);
  const { stageSize, video } = model;
  if (whole && stageSize.width > 0) model.view.set(focused(whole, video, stageSize));
  const { scrollY } = model.window.get();
  model.window.set(windowAround(range, model.timebase.frameCount, scrollY));
}

export function fitView(model: EditorModel): void {
  model.view.set(fitted(model.video, model.stageSize));
}

export function focusOrFit(model: EditorModel): void {
  const tube = model.selectedTube;
  if (tube && model.view.get().isFit) focusTube(model, tube);
  else fitView(model);
}

export function rangeOf(tube: Tube): FrameRange {
  return { start_frame: startFrame(tube), end_frame: endFrame(tube) };
}

function neighbor(sorted: readonly Frame[], frame: Frame, direction: 1 | -1): Frame | undefined {
  return direction > 0
    ? sorted.find((other) => other > frame)
    : sorted.findLast((other) => other < frame);
}
