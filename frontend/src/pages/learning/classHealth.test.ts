import { describe, expect, it } from "vitest";

import { healthSummary, sortHealth, sparkPoints, sparkRange } from "./classHealth";
import type { ClassHealth } from "../../api/types";

const health = (name: string, rest: Partial<ClassHealth> = {}): ClassHealth => ({
  label_id: 1,
  name,
  retired: false,
  train_yes: 30,
  train_no: 100,
  train_tubes: 20,
  hold_out_yes: 20,
  hold_out_no: 80,
  hold_out_tubes: 15,
  ap: null,
  brier: null,
  f1: 0.8,
  f1_low: null,
  f1_high: null,
  ece: null,
  trend: [],
  status: "ok",
  advice: "",
  ...rest,
});

describe("sortHealth", () => {
  const classes = [
    health("walk", { f1: 0.9, train_yes: 5 }),
    health("old", { retired: true, status: "ok", f1: 0.1 }),
    health("run", { f1: 0.6 }),
    health("fall", { status: "never seen", f1: null, train_yes: 0 }),
    health("jump", { status: "few examples", f1: 0.3, train_yes: 3 }),
    health("turn", { status: "falling", f1: 0.85 }),
  ];
  const names = (by: "worst" | "name" | "examples") =>
    sortHealth(classes, by).map(({ name }) => name);

  it("puts what needs most first, then the lowest figures, and retired ones last", () => {
    expect(names("worst")).toEqual(["fall", "jump", "turn", "run", "walk", "old"]);
    expect(names("examples")).toEqual(["fall", "jump", "walk", "run", "turn", "old"]);
    expect(names("name")).toEqual(["fall", "jump", "run", "turn", "walk", "old"]);
  });

  it("counts those in use only", () => {
    expect(healthSummary(classes)).toBe("3 of 5 need something");
    expect(healthSummary([classes[0]!])).toBe("all 1 fine");
  });
});

describe("sparks", () => {
  it("reach over their own values, but never over so little that noise looks like news", () => {
    expect(sparkRange([0.2, 0.8])).toEqual([0.2, 0.8]);
    const [low, high] = sparkRange([0.8, 0.82]);
    expect(high - low).toBeCloseTo(0.3);
    expect(low).toBeLessThan(0.8);
    const [top, end] = sparkRange([1, 0.98]);
    expect(end).toBe(1);
    expect(top).toBeCloseTo(0.7);
    expect(sparkRange([])).toEqual([0, 1]);
  });

  it("are even, go up with the figure, and break where there is none", () => {
    expect(sparkPoints([0, null, 1], 104, 24)).toEqual([[2, 22], null, [102, 2]]);
    expect(sparkPoints([0.5], 104, 24)[0]![0]).toBe(52);
  });
});
