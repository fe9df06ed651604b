import { cleanup, fireEvent, render, screen, within } from "@testing-library/react";
import { afterEach, describe, expect, it } from "vitest";

import { figuresFor } from "../testFigures";
import { ApBars } from "./ApBars";
import { cellSize, mistakes, moved, rowShares } from "./confusion";
import { ConfusionPlot } from "./ConfusionPlot";
import { IouPlot } from "./IouPlot";
import { PrPlot } from "./PrPlot";
import { assignColors, firstChosen, precisionAt, toggled } from "./prReading";
import { nearest, stepped } from "./reading";
import { cut, linear, linePath, xScale, yScale } from "./scale";

afterEach(cleanup);

const FRAME = { width: 200, height: 100, left: 40, right: 10, top: 5, bottom: 15 };

describe("geometry", () => {
  it("maps 0..1 onto the room between the margins, y upward", () => {
    expect([xScale(FRAME)(0), xScale(FRAME)(1)]).toEqual([40, 190]);
    expect([yScale(FRAME)(0), yScale(FRAME)(1)]).toEqual([85, 5]);
    expect(linear(0.5, 0.5, 0, 10)(0.5)).toBe(5);
  });

  it("breaks a line where nothing was measured", () => {
    expect(linePath([[0, 0], [1, 2.3456], null, [3, 4], [5, 6]])).toBe("M0 0L1 2.35M3 4L5 6");
  });

  it("cuts long names", () => {
    expect(cut("walk", 100, 10)).toBe("walk");
    expect(cut("watch (a person)", 100, 10)).toBe("watch (a…");
  });
});

describe("precision and recall", () => {
  const curve = { label: "walk", recall: [0, 0.25, 0.5, 0.5], precision: [1, 0.5, 0.75, 0.6] };

  it("reads the best precision at a recall or beyond", () => {
    expect(precisionAt(curve, 0)).toBe(1);
    expect(precisionAt(curve, 0.1)).toBe(0.75);
    expect(precisionAt(curve, 0.5)).toBe(0.75);
    expect(precisionAt(curve, 0.51)).toBeNull();
  });

  it("begins with the most frequent classes and makes room at the limit", () => {
    const curves = ["a", "b", "c"].map((label) => ({ ...curve, label }));
    const classes = [figuresFor("b", { support: 9 }), figuresFor("c", { support: 4 })];
    expect(firstChosen(curves, classes, 2)).toEqual(["b", "c"]);
    expect(toggled(["b", "c"], "a", 2)).toEqual(["c", "a"]);
    expect(toggled(["b", "c"], "b", 2)).toEqual(["c"]);
  });

  it("keeps a line's color while others come and go", () => {
    const first = assignColors(new Map(), ["a", "b"]);
    const next = assignColors(first, ["b", "c"]);
    expect([...next]).toEqual([
      ["b", 1],
      ["c", 0],
    ]);
  });

  it("reads by keyboard and says what it reads", () => {
    render(<PrPlot curves={[curve]} classes={[figuresFor("walk", { ap: 0.4, support: 4 })]} />);
    const plot = screen.getByRole("slider");
    fireEvent.focus(plot);
    expect(plot.getAttribute("aria-valuetext")).toBe("recall 50 %; walk 75.0 %");
    fireEvent.keyDown(plot, { key: "ArrowRight" });
    expect(plot.getAttribute("aria-valuetext")).toBe("recall 51 %; walk –");
    fireEvent.click(screen.getByRole("checkbox", { name: /walk/ }));
    expect(plot.querySelectorAll(".plot-line")).toHaveLength(0);
  });
});

describe("reading", () => {
  it("steps within its stops", () => {
    expect(stepped(0, "ArrowLeft", 9)).toBe(0);
    expect(stepped(8, "PageUp", 9)).toBe(9);
    expect(stepped(3, "Home", 9)).toBe(0);
    expect(stepped(3, "a", 9)).toBeNull();
    expect(nearest([0.5, 0.75, 0.95], (v) => v * 100, 80)).toBe(1);
  });

  it("says mAP at a threshold, and shows none for none", () => {
    render(<IouPlot curve={{ thresholds: [0.5, 0.75], mAP: [0.8, null] }} />);
    const plot = screen.getByRole("slider");
    fireEvent.focus(plot);
    expect(plot.getAttribute("aria-valuetext")).toBe("IoU 0.5: 80.0 %");
    fireEvent.keyDown(plot, { key: "End" });
    expect(plot.getAttribute("aria-valuetext")).toBe("IoU 0.75: –");
    expect(plot.querySelectorAll("circle")).toHaveLength(1);
  });
});

describe("AP bars", () => {
  it("draws the share of the track that the AP is, the best on top", () => {
    render(
      <ApBars
        classes={[
          figuresFor("stand", { ap: 0.25 }),
          figuresFor("walk", { ap: 0.5 }),
          figuresFor("hop", { ap: null }),
        ]}
      />,
    );
    const image = screen.getByRole("img");
    const widths = [...image.querySelectorAll(".ap-value")].map((bar) =>
      Number(bar.getAttribute("width")),
    );
    const track = Number(image.querySelector(".ap-track")!.getAttribute("width"));
    expect(widths.map((width) => width / track)).toEqual([0.5, 0.25]);
    expect(image.getAttribute("aria-label")).toMatch(
      /2 classes, from 50.0 % \(walk\) to 25.0 % \(stand\)/,
    );
  });
});

describe("confusion matrix", () => {
  const confusion = {
    labels: ["walk", "stand"],
    matrix: [
      [3, 1],
      [0, 0],
    ],
  };

  it("shares out each row and leaves empty rows empty", () => {
    expect(rowShares(confusion.matrix)).toEqual([
      [0.75, 0.25],
      [0, 0],
    ]);
    expect(mistakes(confusion.labels, confusion.matrix, 5)).toEqual([
      { truth: "walk", predicted: "stand", n: 1, wrong: true },
    ]);
  });

  it("moves within itself", () => {
    expect(moved({ row: 1, column: 1 }, "ArrowDown", 2)).toEqual({ row: 1, column: 1 });
    expect(moved({ row: 1, column: 1 }, "ArrowUp", 2)).toEqual({ row: 0, column: 1 });
    expect(moved({ row: 1, column: 1 }, "x", 2)).toBeNull();
    expect([cellSize(2), cellSize(80)]).toEqual([46, 11]);
  });

  it("tells each cell by keyboard, in counts and shares", () => {
    render(<ConfusionPlot confusion={confusion} />);
    const plot = screen.getByRole("application");
    fireEvent.focus(plot);
    expect(screen.getByText("walk → walk: 3 of 4 (75.0 %)")).toBeTruthy();
    fireEvent.keyDown(plot, { key: "ArrowRight" });
    expect(screen.getByText("walk → stand: 1 of 4 (25.0 %)")).toBeTruthy();
    fireEvent.keyDown(plot, { key: "ArrowDown" });
    expect(screen.getByText("stand → stand: 0 of 0 (no examples)")).toBeTruthy();
    fireEvent.change(screen.getByRole("combobox"), { target: { value: "counts" } });
    expect(within(plot as unknown as HTMLElement).getByText("3")).toBeTruthy();
  });
});
