import { describe, expect, it } from "vitest";

import type { DiffCase, ModelDiff, Round } from "../../../api/types";
import { caseText, casesOf, diffSummary, rectOf, saidTexts, sortClasses } from "./cases";
import { comparable, otherOf } from "./others";

const item = (label: string, truth = true): DiffCase => ({
  label,
  video: "yard.mp4",
  video_id: "v",
  tube: 3,
  tube_id: "t",
  frame: 10,
  time_s: 0.4,
  truth,
  p_new: 0.81,
  p_old: 0.32,
  box_norm: [0, 0, 1, 1],
});

const diff: ModelDiff = {
  against: null,
  shared: ["run", "walk"],
  not_shared: [],
  windows: 40,
  per_class: [
    { label_id: 1, name: "run", won: 1, lost: 0 },
    { label_id: 2, name: "walk", won: 2, lost: 3 },
  ],
  won: [item("run"), item("walk"), item("walk")],
  lost: [],
  note: "",
};

const pair = { one: 6, other: 3 };

describe("cases", () => {
  it("are of one class or of all, the most changed class first", () => {
    expect(casesOf(diff, "won", "")).toHaveLength(3);
    expect(casesOf(diff, "won", "run")).toHaveLength(1);
    expect(casesOf(diff, "lost", "run")).toEqual([]);
    expect(sortClasses(diff.per_class).map(({ name }) => name)).toEqual(["walk", "run"]);
    expect(diffSummary(diff, pair)).toBe(
      "3 won (round 6 right, round 3 wrong) and 3 lost (round 6 wrong, round 3 right).",
    );
  });

  it("say the truth and what both models say", () => {
    expect(caseText(item("run"), "won", pair)).toBe(
      "run: people say yes; round 6 yes, 81.0 %; round 3 no, 32.0 %",
    );
    expect(caseText(item("run", false), "lost", pair)).toBe(
      "run: people say no; round 6 yes, 81.0 %; round 3 no, 32.0 %",
    );
    expect(saidTexts(item("run"), "lost", pair)[0]).toBe("round 6 no, 81.0 %");
  });
});

describe("rectOf", () => {
  it("stretches the box to the picture and keeps it within", () => {
    expect(rectOf([0.25, 0.5, 0.75, 1], 640, 360)).toEqual({
      x: 160,
      y: 180,
      width: 320,
      height: 180,
    });
    expect(rectOf([-0.5, 0, 0.5, 2], 100, 100)).toEqual({ x: 0, y: 0, width: 50, height: 100 });
    expect(rectOf([0.5, 0, 0.5, 1], 100, 100)).toBeNull();
  });
});

describe("the other round", () => {
  const round = (number: number, model: string | null, parent?: string) =>
    ({
      id: `r${number}`,
      number,
      model: model && { id: model, status: "retired", name: model },
      parent: parent ? { id: parent, name: parent } : null,
    }) as unknown as Round & Round;
  const rounds = [round(4, "m4", "m1"), round(3, null), round(2, "m2"), round(1, "m1")];

  it("is the one asked for, else the one it was measured against, else the one before", () => {
    const others = comparable(rounds, rounds[0]!);
    expect(others.map(({ number }) => number)).toEqual([2, 1]);
    expect(otherOf(others, rounds[0]!, "r2")?.number).toBe(2);
    expect(otherOf(others, rounds[0]!, "gone")?.number).toBe(1);
    expect(otherOf(others, round(4, "m4"), null)?.number).toBe(2);
    expect(otherOf(comparable(rounds, rounds[3]!), rounds[3]!, null)?.number).toBe(4);
    expect(otherOf([], rounds[0]!, null)).toBeUndefined();
  });
});
