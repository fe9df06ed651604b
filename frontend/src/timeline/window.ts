import { clamp } from "../domain/box";
import type { FrameRange } from "../domain/span";

/** Which part of the video the timeline shows, and how far its rows are scrolled. */
export interface TimeWindow {
  /** First frame shown; may be fractional. */
  readonly from: number;
  /** One past the last. */
  readonly until: number;
  readonly scrollY: number;
}

const LEAST_FRAMES = 20;

export function wholeWindow(frameCount: number): TimeWindow {
  return { from: 0, until: Math.max(1, frameCount), scrollY: 0 };
}

/** Shows fewer (factor < 1) or more frames, keeping `frame` where it is. */
export function zoomedWindow(
  window: TimeWindow,
  frame: number,
  factor: number,
  frameCount: number,
): TimeWindow {
  const length = window.until - window.from;
  const wanted = clamp(length * factor, Math.min(LEAST_FRAMES, frameCount), frameCount);
  const share = (frame - window.from) / length;
  return placed(window, frame - share * wanted, wanted, frameCount);
}

export function pannedWindow(window: TimeWindow, frames: number, frameCount: number): TimeWindow {
  return placed(window, window.from + frames, window.until - window.from, frameCount);
}

/** Turns the page when a frame is out of sight. */
export function windowShowing(window: TimeWindow, frame: number, frameCount: number): TimeWindow {
  if (frame >= window.from && frame < window.until) return window;
  const length = window.until - window.from;
  return placed(window, frame - length * 0.1, length, frameCount);
}

/** A range with room around it. */
export function windowAround(range: FrameRange, frameCount: number, scrollY: number): TimeWindow {
  const length = Math.max(range.end_frame - range.start_frame, LEAST_FRAMES);
  const window = { from: 0, until: 1, scrollY };
  return placed(window, range.start_frame - length * 0.5, length * 2, frameCount);
}

function placed(window: TimeWindow, from: number, length: number, count: number): TimeWindow {
  const kept = Math.min(length, count);
  const start = clamp(from, 0, count - kept);
  return { ...window, from: start, until: start + kept };
}

/** The whole frames in sight. */
export function visibleRange(window: TimeWindow, frameCount: number): FrameRange {
  return {
    start_frame: Math.max(0, Math.floor(window.from)),
    end_frame: Math.min(frameCount, Math.ceil(window.until)),
  };
}
