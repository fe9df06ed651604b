import { describe, expect, it } from "vitest";

import type { ClassMetrics, Metrics, Round } from "../../api/types";
import { classRows, measured, outcome } from "./roundText";
import { roundOf } from "./testRound";

const figures = (label_id: number, f1: number): ClassMetrics => ({
  label_id,
  name: `class ${label_id}`,
  precision: f1,
  recall: f1,
  f1,
  support: 10,
});

const metrics = (f1: number, per_class: ClassMetrics[] = []): Metrics => ({
  accuracy: f1,
  micro: { precision: f1, recall: f1, f1 },
  macro: { precision: f1, recall: f1, f1 },
  per_class,
  n: 10,
});

const round = (rest: Partial<Round>): Round =>
  roundOf({ metrics: { candidate: metrics(0.7), champion: metrics(0.8) }, ...rest });

describe("measured", () => {
  it("has no figures where there was nothing to measure on: 0 % would be a lie", () => {
    const empty = { ...metrics(0), n: 0 };
    const found = measured(round({ metrics: { candidate: empty, champion: metrics(0.8) } }));
    expect(found.candidate).toBeNull();
    expect(found.champion?.macro.f1).toBe(0.8);
  });
});

describe("classRows", () => {
  it("puts both models side by side and keeps a class only one was measured on", () => {
    const rows = classRows(
      metrics(0.7, [figures(1, 0.7), figures(2, 0.6)]),
      metrics(0.8, [figures(2, 0.5), figures(3, 0.4)]),
    );
    expect(rows.map((row) => [row.key, row.candidate?.f1, row.champion?.f1])).toEqual([
      [1, 0.7, undefined],
      [2, 0.6, 0.5],
      [3, undefined, 0.4],
    ]);
  });
});

describe("outcome", () => {
  it("speaks of the state while running and of the decision after", () => {
    expect(outcome(round({ state: "running" })).text).toBe("running");
    expect(outcome(round({ decision: "promoted" }))).toEqual({ text: "promoted", tone: "ok" });
    expect(outcome(round({ state: "failed" })).tone).toBe("bad");
  });

  it("keeps an old model only where there was one", () => {
    const parent = { id: "r1", name: "round 1" };
    expect(outcome(round({ decision: "kept", parent })).text).toBe("kept the old");
    expect(outcome(round({ decision: "kept", parent: null })).text).toBe("not used");
  });
});
