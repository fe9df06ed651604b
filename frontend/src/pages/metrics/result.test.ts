import { describe, expect, it } from "vitest";

import { evaluationBody } from "./evaluationRequest";
import { figureName, figureValue, headline, sourceText } from "./metricText";
import { figuresFor } from "./testFigures";
import { figuresOf, readResult, sortClasses, toCsv } from "./result";

const CLASSES = [
  figuresFor("walk", { ap: 0.5, support: 10 }),
  figuresFor("stand", { ap: null, support: 0 }),
  figuresFor("run", { ap: 0.9, support: 3 }),
  figuresFor("hop", { ap: 0.5, support: 1 }),
];
const labels = (rows: { label: string }[]) => rows.map(({ label }) => label);

describe("classes", () => {
  it("sorts by a figure with what was not measured last, either way", () => {
    expect(labels(sortClasses(CLASSES, "ap", true))).toEqual(["run", "hop", "walk", "stand"]);
    expect(labels(sortClasses(CLASSES, "ap", false))).toEqual(["hop", "walk", "run", "stand"]);
    expect(labels(sortClasses(CLASSES, "label", true))).toEqual(["walk", "stand", "run", "hop"]);
  });

  it("shows only the figures that a metric has", () => {
    expect(figuresOf(CLASSES).map(({ key }) => key)).toEqual(["ap", "support"]);
  });

  it("writes numbers in full and nothing that a spreadsheet runs", () => {
    const csv = toCsv([
      figuresFor('=1+1, "a"', { ap: 1 / 3, support: 2 }),
      figuresFor("stand", { ap: null, support: 0 }),
    ]);
    expect(csv).toBe('class,ap,support\r\n"\'=1+1, ""a""",0.3333333333333333,2\r\nstand,,0\r\n');
  });
});

describe("result", () => {
  it("is whole where parts are left out", () => {
    expect(readResult({})).toEqual({
      summary: {},
      classes: [],
      pr_curves: [],
      iou_curve: null,
      confusion: null,
      top_k: null,
      notes: [],
    });
  });

  it("names and writes its figures", () => {
    expect(["mAP", "macro_f1", "average_mAP", "mAP@0.5", "accuracy"].map(figureName)).toEqual([
      "mAP",
      "Macro F1",
      "Average mAP",
      "mAP@0.5",
      "Accuracy",
    ]);
    expect(figureValue("mAP", 1)).toBe("100.0 %");
    expect(figureValue("n", 1)).toBe("1");
    expect(figureValue("tubes_with_one_action", 1)).toBe("1");
    expect(figureValue("mAP", null)).toBe("–");
  });

  it("puts one figure into the list and says what was measured", () => {
    const evaluation = {
      params: { predictions: "proposals", splits: ["val"] },
      result: { summary: { recall: 0.1, mAP: 0.25 } },
    } as unknown as Parameters<typeof headline>[0];
    expect(headline(evaluation)).toEqual({ key: "mAP", value: 0.25 });
    expect(sourceText(evaluation)).toBe("what models proposed, val");
  });
});

describe("evaluationBody", () => {
  it("sends each split by itself and a file only where one is measured", () => {
    const file = new File(["x"], "p.csv");
    const choice = {
      metric: "frame-map" as const,
      evaluator: "",
      file,
      splits: ["val" as const, "test" as const],
    };
    const own = evaluationBody({ ...choice, source: "proposals" });
    expect(own.getAll("splits")).toEqual(["val", "test"]);
    expect([own.has("file"), own.has("evaluator")]).toEqual([false, false]);
    expect((evaluationBody({ ...choice, source: "file" }).get("file") as File).name).toBe("p.csv");
  });
});
