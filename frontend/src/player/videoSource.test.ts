import { afterEach, beforeEach, expect, it, vi } from "vitest";

import { Timebase } from "../domain/timebase";
import { VideoSource } from "./videoSource";

/** Frames of uneven length, in milliseconds. */
const ticks = [0, 20, 100, 140, 180, 200];
const timebase = new Timebase({ time_base: [1, 1000], ticks, end_tick: 240 });

let present: (mediaTime: number) => void;
let seeks: number[];
let shown: number[];
let source: VideoSource;

beforeEach(() => {
  vi.useFakeTimers();
  seeks = [];
  shown = [];
  const prototype = HTMLVideoElement.prototype as unknown as Record<string, unknown>;
  prototype.requestVideoFrameCallback = (callback: (now: number, data: object) => void) => {
    present = (mediaTime) => callback(0, { mediaTime });
  };
  vi.spyOn(HTMLMediaElement.prototype, "readyState", "get").mockReturnValue(4);
  vi.spyOn(HTMLMediaElement.prototype, "currentTime", "set").mockImplementation((value) => {
    seeks.push(value);
  });
  vi.spyOn(HTMLMediaElement.prototype, "pause").mockImplementation(() => {});
  vi.spyOn(HTMLMediaElement.prototype, "load").mockImplementation(() => {});
  vi.spyOn(HTMLMediaElement.prototype, "play").mockResolvedValue();
  source = new VideoSource("/clip.mp4", timebase, {
    onFrame: (frame) => shown.push(frame),
    onReady: () => {},
    onError: () => {},
    onEnded: () => {},
  });
});

afterEach(() => {
  source.close();
  vi.useRealTimers();
});

it("asks for the middle of a frame's interval, never for its border", () => {
  source.seek(1);
  expect(seeks[0]).toBeCloseTo(0.06);
  present(0.02);
  source.seek(5);
  expect(seeks[1]).toBeCloseTo(0.22);
});

it("sends one seek at a time, and then only the latest wish", () => {
  source.seek(1);
  source.seek(2);
  source.seek(3);
  source.seek(4);
  expect(seeks).toHaveLength(1);
  present(0.02);
  expect(seeks).toHaveLength(2);
  expect(seeks[1]).toBeCloseTo(timebase.middleS(4));
  present(0.18);
  expect(shown).toEqual([4]);
});

it("names the frame from the time of the picture, rounded as decoders do", () => {
  source.play(1);
  for (const time of [0, 0.0199996, 0.1000004, 0.14]) present(time);
  expect(shown).toEqual([0, 1, 2, 3]);
});

it("does not wait for ever for a seek to the frame that is shown already", () => {
  source.seek(0);
  source.element.dispatchEvent(new Event("seeked"));
  vi.advanceTimersByTime(300);
  expect(shown).toEqual([0]);
  source.seek(3);
  expect(seeks).toHaveLength(2);
});

it("asks again for the exact frame after a pause", () => {
  source.play(1);
  present(0.1);
  source.pause();
  expect(seeks.at(-1)).toBeCloseTo(timebase.middleS(2));
});
