import { interpolate, type Box } from "./box";
import { InvalidOperation } from "./errors";
import type { State } from "./state";

/** 0-based index of a frame in presentation order. */
export type Frame = number;

export interface Keyframe {
  readonly frame: Frame;
  readonly box: Box;
  readonly occluded: boolean;
  readonly outside: boolean;
}

export interface Tube {
  readonly id: string;
  /** Person number, unique in the video; null until the server has given one. */
  readonly number: number | null;
  readonly label_id: number;
  /** Sorted, at least one, unique frames. */
  readonly keyframes: readonly Keyframe[];
  readonly state: State;
  readonly score: number | null;
  readonly run_id: string | null;
  /** What the model said, kept for ever. */
  readonly proposed: Pick<Tube, "label_id" | "keyframes"> | null;
  readonly revision: number;
}

export function startFrame(tube: Tube): Frame {
  return tube.keyframes[0]!.frame;
}

/** One past the last frame. */
export function endFrame(tube: Tube): Frame {
  return tube.keyframes[tube.keyframes.length - 1]!.frame + 1;
}

/** Index of the last keyframe at or before the frame, -1 when there is none. Binary search. */
export function keyframeIndexBefore(tube: Tube, frame: Frame): number {
  let low = 0;
  let high = tube.keyframes.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if (tube.keyframes[middle]!.frame <= frame) low = middle + 1;
    else high = middle;
  }
  return low - 1;
}

/** The keyframe exactly at the frame. */
export function keyframeOn(tube: Tube, frame: Frame): Keyframe | null {
  const found = tube.keyframes[keyframeIndexBefore(tube, frame)];
  return found?.frame === frame ? found : null;
}

/** The visible box at a frame: null outside the tube's extent and on or after an `outside` keyframe. */
export function boxAt(tube: Tube, frame: Frame): Box | null {
  const index = keyframeIndexBefore(tube, frame);
  const before = tube.keyframes[index];
  if (!before || frame >= endFrame(tube) || before.outside) return null;
  return boxBetween(before, tube.keyframes[index + 1], frame);
}

function boxBetween(before: Keyframe, after: Keyframe | undefined, frame: Frame): Box {
  if (before.frame === frame || !after) return before.box;
  return interpolate(before.box, after.box, (frame - before.frame) / (after.frame - before.frame));
}

/**
 * The keyframe that says at `frame` what the tube says there already, flags of the one before.
 * The frame must be inside the tube's extent.
 */
export function keyframeAt(tube: Tube, frame: Frame): Keyframe {
  const index = keyframeIndexBefore(tube, frame);
  const before = tube.keyframes[index];
  if (!before || frame >= endFrame(tube)) {
    throw new InvalidOperation(
      `Frame ${frame} is not on the tube, which goes from ${startFrame(tube)} to ${endFrame(tube) - 1}.`,
    );
  }
  const box = before.outside ? before.box : boxBetween(before, tube.keyframes[index + 1], frame);
  return { frame, box, occluded: before.occluded, outside: before.outside };
}

/** Keyframes of the part in `[start, end)`, with new ones at its first and last frame. */
export function trim(tube: Tube, start: Frame, end: Frame): readonly Keyframe[] {
  const first = Math.max(start, startFrame(tube));
  const last = Math.min(end, endFrame(tube)) - 1;
  if (last < first) {
    throw new InvalidOperation(`Nothing of the tube is left between frames ${start} and ${end}.`);
  }
  const inner = tube.keyframes.filter((k) => k.frame > first && k.frame < last);
  const ends = first === last ? [] : [keyframeAt(tube, last)];
  return [keyframeAt(tube, first), ...inner, ...ends];
}

/** Keyframes of the two parts `[start, frame)` and `[frame, end)`. */
export function split(tube: Tube, frame: Frame): [readonly Keyframe[], readonly Keyframe[]] {
  if (frame <= startFrame(tube) || frame >= endFrame(tube)) {
    throw new InvalidOperation(
      `Split needs a frame after ${startFrame(tube)} and up to ${endFrame(tube) - 1}, got ${frame}.`,
    );
  }
  return [trim(tube, startFrame(tube), frame), trim(tube, frame, endFrame(tube))];
}

/** All keyframes of both; on a shared frame those of `tube` win. */
export function merge(tube: Tube, other: Tube): readonly Keyframe[] {
  const own = new Set(tube.keyframes.map((k) => k.frame));
  const added = other.keyframes.filter((k) => !own.has(k.frame));
  return [...tube.keyframes, ...added].sort((a, b) => a.frame - b.frame);
}

/** Keyframes with one put in or replaced. */
export function withKeyframe(
  keyframes: readonly Keyframe[],
  keyframe: Keyframe,
): readonly Keyframe[] {
  const others = keyframes.filter((k) => k.frame !== keyframe.frame);
  return [...others, keyframe].sort((a, b) => a.frame - b.frame);
}
