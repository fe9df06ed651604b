import { describe, expect, it } from "vitest";

import {
  aheadOf,
  bandOf,
  bandPath,
  controlOf,
  forecastAt,
  rangeOf,
  stepOf,
  stopAt,
  stopsOf,
} from "./curve";
import { learningRound } from "./testRounds";

const rounds = [
  learningRound(2, {
    labels: 40,
    seconds: 1200,
    macro_f1: 0.6,
    macro_f1_low: 0.5,
    macro_f1_high: 0.7,
  }),
  learningRound(1, { labels: 20, seconds: 300, macro_f1: 0.4 }),
  learningRound(3, { labels: null, seconds: null, macro_f1: 0.7 }),
  learningRound(4, { labels: 60, macro_f1: null }),
];

describe("stopsOf", () => {
  it("stands rounds in order of the axis and leaves out what has no place or no figure", () => {
    const numbers = (axis: "labels" | "minutes" | "rounds") =>
      stopsOf(rounds, axis).map(({ round, x }) => [round.number, x]);
    expect(numbers("labels")).toEqual([
      [1, 20],
      [2, 40],
    ]);
    expect(numbers("minutes")).toEqual([
      [1, 5],
      [2, 20],
    ]);
    expect(numbers("rounds")).toEqual([
      [1, 1],
      [2, 2],
      [3, 3],
    ]);
  });
});

describe("bandOf", () => {
  it("has no width where no interval was measured", () => {
    expect(bandOf(stopsOf(rounds, "labels"))).toEqual([{ x: 40, low: 0.5, high: 0.7 }]);
  });

  it("is drawn along its upper edge and back along the lower", () => {
    const band = [
      { x: 0, low: 1, high: 2 },
      { x: 10, low: 3, high: 4 },
    ];
    const same = (value: number) => value;
    expect(bandPath(band, same, same)).toBe("M0.0 2.0L10.0 4.0L10.0 3.0L0.0 1.0Z");
    expect(bandPath(band.slice(1), same, same)).toBe("");
  });
});

describe("controlOf", () => {
  const control = {
    labels: 10,
    macro_f1: 0.3,
    map: null,
    active: { labels: 10, macro_f1: 0.5, map: 0.4 },
  };
  const stops = stopsOf([learningRound(1, { labels: 40, seconds: 1200, control })], "labels");

  it("stands at the labels it learned from, so that both are compared at the same number", () => {
    expect(controlOf(stops, "macro_f1", "labels")).toEqual([{ x: 10, y: 0.3 }]);
    expect(controlOf(stops, "macro_f1", "labels", "chosen")).toEqual([{ x: 10, y: 0.5 }]);
    expect(controlOf(stops, "map", "labels")).toEqual([]);
  });

  it("stands over minutes at the round's own pace, over rounds at its round", () => {
    const minutes = stopsOf([stops[0]!.round], "minutes");
    expect(controlOf(minutes, "macro_f1", "minutes")).toEqual([{ x: 5, y: 0.3 }]);
    expect(controlOf(stopsOf([stops[0]!.round], "rounds"), "macro_f1", "rounds")).toEqual([
      { x: 1, y: 0.3 },
    ]);
  });
});

describe("aheadOf", () => {
  const point = (labels: number) => ({ labels, f1: 0.7, low: 0.6, high: 0.8 });
  const forecast = {
    points: [point(100), point(20), point(60)],
    next_hundred: 0.02,
    next_hundred_low: 0,
    next_hundred_high: 0.03,
    seconds_per_label: 30,
    note: "",
  };

  it("begins with the last round, between the points that were given", () => {
    const ahead = aheadOf(forecast, stopsOf(rounds, "labels"), "labels");
    expect(ahead.map(({ x }) => x)).toEqual([40, 60, 100]);
    const rising = [point(20), { ...point(60), f1: 0.9 }];
    expect(forecastAt(rising, 30)?.f1).toBeCloseTo(0.75);
    expect(forecastAt(rising, 60)?.f1).toBe(0.9);
    expect([forecastAt(rising, 10), forecastAt(rising, 70), forecastAt([], 1)]).toEqual([
      null,
      null,
      null,
    ]);
  });

  it("goes on in minutes at the pace of labels, or not where no pace is known", () => {
    const stops = stopsOf(rounds, "minutes");
    expect(aheadOf(forecast, stops, "minutes").map(({ x }) => x)).toEqual([20, 30, 50]);
    expect(aheadOf({ ...forecast, seconds_per_label: null }, stops, "minutes")).toEqual([]);
    expect(aheadOf(forecast, stopsOf(rounds, "rounds"), "rounds")).toEqual([]);
    expect(aheadOf(forecast, [], "labels")).toEqual([]);
  });
});

describe("stopAt", () => {
  it("is the nearest along the axis, and the nearest dot of those at one place", () => {
    const dots = [{ x: 0, y: 9 }, { x: 10, y: 50 }, { x: 10, y: 20 }, null];
    const xs = [0, 10, 10, 30];
    expect(stopAt(dots, xs, { x: 4, y: 50 })).toBe(0);
    expect(stopAt(dots, xs, { x: 11, y: 45 })).toBe(1);
    expect(stopAt(dots, xs, { x: 11, y: 0 })).toBe(2);
    expect(stopAt(dots, xs, { x: 99, y: 0 })).toBe(3);
  });
});

describe("rangeOf", () => {
  it("has round ends and ticks around the values", () => {
    expect(rangeOf([0.43, 0.88], 5, 0, 1)).toEqual({
      from: 0.4,
      to: 0.9,
      ticks: [0.4, 0.5, 0.6, 0.7, 0.8, 0.9],
    });
    expect(rangeOf([0, 164, 360], 8, 0, Infinity).ticks).toEqual([
      0, 50, 100, 150, 200, 250, 300, 350, 400,
    ]);
  });

  it("stays within what is possible and holds a lone value", () => {
    const { from, to } = rangeOf([0.97, 1], 5, 0, 1);
    expect(from).toBeLessThanOrEqual(0.97);
    expect(to).toBe(1);
    const lone = rangeOf([0.6], 5, 0, 1);
    expect(lone.from).toBeLessThan(0.6);
    expect(lone.to).toBeGreaterThan(0.6);
    expect(rangeOf([0], 5, 0, 1).to).toBeGreaterThan(0);
  });

  it("has whole steps where asked", () => {
    expect(rangeOf([1, 3], 8, 0, Infinity, 1).ticks).toEqual([1, 2, 3]);
    expect(rangeOf([0], 5, 0, 1, 0.01)).toEqual({ from: 0, to: 0.01, ticks: [0, 0.01] });
  });
});

describe("stepOf", () => {
  it("is 1, 2, 5 or 10 times a power of ten, and cuts into no more parts than wanted", () => {
    expect([0.09, 1, 7, 23, 999].map((span) => stepOf(span, 5))).toEqual([0.02, 0.2, 2, 5, 200]);
    expect(stepOf(0, 5)).toBe(1);
  });
});
