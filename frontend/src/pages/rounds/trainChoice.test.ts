import { describe, expect, it } from "vitest";

import type { Epoch, NetChoice, TrainChoices } from "../../api/types";
import { costText, firstNet, recipeChoices, wishOf } from "./trainChoice";
import { linesOf, pathOf, topOf } from "./trainCurve";

const net = (name: string, rest: Partial<NetChoice> = {}): NetChoice => ({
  net: name,
  title: name.toUpperCase(),
  gflops: 10,
  start: "",
  available: false,
  reason: "",
  seconds_per_window: 0.5,
  measured: false,
  ...rest,
});

const choices = (rest: Partial<TrainChoices> = {}, weights = true): TrainChoices => ({
  recipe: "logistic",
  net: "",
  windows: 200,
  recipes: [
    { name: "logistic", title: "L", about: "", needs_net: false, trains_net: false, params: {}, nets: [] },
    {
      name: "finetune",
      title: "F",
      about: "",
      needs_net: true,
      trains_net: true,
      params: { epochs: 8 },
      nets: [net("a"), net("b", weights ? { available: true, start: "B weights" } : {})],
    },
  ],
  ...rest,
});

describe("what the dialog offers", () => {
  it("begins with the project's wish, and with what can be trained where that cannot", () => {
    expect(wishOf(choices({ recipe: "finetune", net: "b" }))).toEqual({
      recipe: "finetune",
      net: "b",
      epochs: null,
    });
    expect(wishOf(choices({ recipe: "finetune", net: "b" }, false)).recipe).toBe("logistic");
    expect(firstNet(choices(), "finetune", "a")).toBe("b");
    const nets = [
      net("slow", { available: true, seconds_per_window: 9 }),
      net("quick", { available: true, seconds_per_window: 1 }),
      net("known", { available: true, seconds_per_window: 5, start: "weights" }),
    ];
    const full = { ...choices().recipes[1]!, name: "full", nets };
    expect(firstNet(choices({ recipes: [full] }), "full", "")).toBe("known");
    expect(firstNet(choices({ recipes: [{ ...full, nets: nets.slice(0, 2) }] }), "full", "")).toBe(
      "quick",
    );
  });

  it("says why a recipe is off", () => {
    const off = recipeChoices(choices({}, false)).map(({ value, reason }) => [value, !!reason]);
    expect(off).toEqual([
      ["logistic", false],
      ["finetune", true],
    ]);
  });

  it("says what it begins with and takes", () => {
    const wish = { recipe: "finetune", net: "b", epochs: null };
    const b = choices().recipes[1]!.nets[1]!;
    expect(costText(choices(), wish, b)).toBe(
      "Begins with B weights. About 13 min for 200 windows (a rough guess).",
    );
    expect(costText(choices({ windows: null }), { ...wish, epochs: "1" }, b)).toBe(
      "Begins with B weights. About 50 s for 100 windows (a rough guess).",
    );
  });
});

describe("curves", () => {
  const epoch = (number: number, loss: number, f1: number | null): Epoch => ({
    epoch: number,
    loss,
    val_loss: null,
    val_f1: f1,
    lr: 0.1,
    seconds: 1,
    clips_per_s: 2,
    note: "",
  });

  it("leave out what was not measured", () => {
    const epochs = [epoch(1, 2, null), epoch(2, 1, 0.5)];
    expect(linesOf(epochs, ["loss", "val_loss"])).toEqual([
      { name: "trained on", points: [[1, 2], [2, 1]] },
    ]);
    expect(topOf([1, 0.5, 0.7])).toBeCloseTo(1.05);
    expect(topOf([100, 1, 0.5])).toBe(4);
    expect(linesOf(epochs, ["val_f1"])[0]!.points).toEqual([[2, 0.5]]);
    expect(pathOf([[1, 2], [2, 1]], (e) => e * 10, (v) => v)).toBe("M10.0 2.0L20.0 1.0");
  });
});
