import { InvalidInput } from "./errors";
import { clamp } from "./box";
import type { Frame } from "./tube";

export interface TimebaseData {
  readonly time_base: readonly [number, number];
  readonly ticks: readonly number[];
  readonly end_tick: number;
}

/**
 * The presentation time of every frame, from the recorded ticks and never from index / fps.
 *
 * Times are seconds since the first frame is shown, which is what a `<video>` element counts.
 */
export class Timebase {
  private readonly ticks: readonly number[];
  private readonly secondsPerTick: number;
  private readonly endTick: number;

  constructor(data: TimebaseData) {
    const [numerator, denominator] = data.time_base;
    if (data.ticks.length === 0) throw new InvalidInput("The video has no frames.");
    if (!(numerator > 0) || !(denominator > 0)) {
      throw new InvalidInput(`Time base must be positive, got ${numerator}/${denominator}.`);
    }
    this.ticks = data.ticks;
    this.secondsPerTick = numerator / denominator;
    this.endTick = data.end_tick;
  }

  get frameCount(): number {
    return this.ticks.length;
  }

  get durationS(): number {
    return (this.endTick - this.ticks[0]!) * this.secondsPerTick;
  }

  /** When the frame starts to be shown. `frameCount` itself is allowed and gives the end. */
  timeS(frame: Frame): number {
    return (this.tickOf(frame) - this.ticks[0]!) * this.secondsPerTick;
  }

  /** Middle of the frame's interval: the only time to seek to, as borders round either way. */
  middleS(frame: Frame): number {
    return (this.timeS(frame) + this.timeS(frame + 1)) / 2;
  }

  /** The frame shown at a time; before the first is the first, after the last is the last. */
  frameAt(timeS: number): Frame {
    const tick = timeS / this.secondsPerTick + this.ticks[0]!;
    let low = 0;
    let high = this.ticks.length;
    while (low < high) {
      const middle = (low + high) >> 1;
      if (this.ticks[middle]! <= tick) low = middle + 1;
      else high = middle;
    }
    return Math.max(0, low - 1);
  }

  /** The frame shown at a time, and as a fraction how much of its interval has passed. */
  positionAt(timeS: number): number {
    const frame = this.frameAt(timeS);
    const start = this.timeS(frame);
    return frame + clamp((timeS - start) / (this.timeS(frame + 1) - start), 0, 1);
  }

  /**
   * The frame whose start lies nearest to a time. A decoder reports the start of the frame it
   * shows, rounded to microseconds, so flooring would name the frame before half of the time.
   */
  frameStartingNear(timeS: number): Frame {
    const frame = this.frameAt(timeS);
    if (frame + 1 >= this.frameCount) return frame;
    const here = timeS - this.timeS(frame);
    return this.timeS(frame + 1) - timeS < here ? frame + 1 : frame;
  }

  clampFrame(frame: number): Frame {
    return clamp(Math.round(frame), 0, this.frameCount - 1);
  }

  /** Frames in about so many seconds around a frame, at least one. */
  framesIn(seconds: number, frame: Frame): number {
    const until = this.frameAt(this.timeS(frame) + seconds);
    if (until > frame) return until - frame;
    return Math.max(1, frame - this.frameAt(this.timeS(frame) - seconds));
  }

  private tickOf(frame: Frame): number {
    return frame >= this.ticks.length ? this.endTick : this.ticks[Math.max(0, frame)]!;
  }
}
