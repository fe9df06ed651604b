import { InvalidInput } from "./errors";
import type { State } from "./state";
import type { Frame } from "./tube";

export interface SpanContent {
  readonly label_id: number;
  readonly start_frame: Frame;
  readonly end_frame: Frame;
}

/** A label over `[start_frame, end_frame)` on a tube, or on the video when `tube_id` is null. */
export interface Span {
  readonly id: string;
  readonly tube_id: string | null;
  readonly label_id: number;
  readonly start_frame: Frame;
  readonly end_frame: Frame;
  readonly state: State;
  readonly score: number | null;
  readonly run_id: string | null;
  /** What the model said, kept for ever. */
  readonly proposed: SpanContent | null;
  readonly revision: number;
}

/** Frames that a person has looked at for all of `label_ids` (tube), or for anything at all (video). */
export interface Coverage {
  readonly id: string;
  readonly tube_id: string | null;
  readonly start_frame: Frame;
  readonly end_frame: Frame;
  readonly label_ids: readonly number[];
  readonly revision: number;
}

export interface FrameRange {
  readonly start_frame: Frame;
  readonly end_frame: Frame;
}

/** Throws `InvalidInput` unless 0 <= start < end, whole numbers. */
export function checkRange(start: Frame, end: Frame): void {
  if (!Number.isInteger(start) || !Number.isInteger(end)) {
    throw new InvalidInput(`Frames are whole numbers, got ${start} to ${end}.`);
  }
  if (start < 0 || end <= start) {
    throw new InvalidInput(`A span needs 0 <= start_frame < end_frame, got ${start} to ${end}.`);
  }
}

/** The part inside `[start, end)`, null if nothing is left. */
export function clipped<T extends FrameRange>(range: T, start: Frame, end: Frame): T | null {
  const start_frame = Math.max(start, range.start_frame);
  const end_frame = Math.min(end, range.end_frame);
  return start_frame < end_frame ? { ...range, start_frame, end_frame } : null;
}

/** The common part of two ranges, null when there is none. */
export function overlap(a: FrameRange, b: FrameRange): FrameRange | null {
  const start_frame = Math.max(a.start_frame, b.start_frame);
  const end_frame = Math.min(a.end_frame, b.end_frame);
  return start_frame < end_frame ? { start_frame, end_frame } : null;
}

/** Ranges joined where they touch or overlap, sorted. */
export function joined(ranges: readonly FrameRange[]): FrameRange[] {
  const result: FrameRange[] = [];
  for (const range of [...ranges].sort((a, b) => a.start_frame - b.start_frame)) {
    const last = result[result.length - 1];
    if (last && range.start_frame <= last.end_frame) {
      const end_frame = Math.max(last.end_frame, range.end_frame);
      result[result.length - 1] = { start_frame: last.start_frame, end_frame };
    } else {
      result.push({ start_frame: range.start_frame, end_frame: range.end_frame });
    }
  }
  return result;
}

/** What of `whole` is in none of the ranges. */
export function gaps(ranges: readonly FrameRange[], whole: FrameRange): FrameRange[] {
  const result: FrameRange[] = [];
  let from = whole.start_frame;
  for (const range of joined(ranges)) {
    if (range.start_frame > from) {
      result.push({ start_frame: from, end_frame: Math.min(range.start_frame, whole.end_frame) });
    }
    from = Math.max(from, range.end_frame);
    if (from >= whole.end_frame) return result;
  }
  if (from < whole.end_frame) result.push({ start_frame: from, end_frame: whole.end_frame });
  return result;
}
