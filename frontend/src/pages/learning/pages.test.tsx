import { cleanup, fireEvent, render, screen } from "@testing-library/react";
import { afterEach, describe, expect, it } from "vitest";

import type { DiffCase, Learning, Project } from "../../api/types";
import { CasePicture } from "./diff/CasePicture";
import { Gallery } from "./diff/Gallery";
import { LearningCurves } from "./LearningCurves";
import { learningRound } from "./testRounds";

afterEach(cleanup);

const project = { id: 1, name: "Yard" } as Project;

const learning: Learning = {
  rounds: [
    learningRound(1, { macro_f1: 0.4 }),
    learningRound(2, { macro_f1: 0.6, map: 0.7 }),
    learningRound(3, { labels: null, seconds: null, macro_f1: 0.5 }),
  ],
  forecast: {
    points: [],
    next_hundred: null,
    next_hundred_low: null,
    next_hundred_high: null,
    seconds_per_label: null,
    note: "",
  },
  stop: { advised: false, reasons: [] },
  acceptance: { random: { shown: 0, accepted: 0 }, chosen: { shown: 0, accepted: 0 } },
};

describe("the learning curve", () => {
  const plot = () => screen.getAllByRole("slider", { name: /^Macro F1 over/ })[0]!;

  it("is read along by keys, and begins with the newest round", () => {
    render(<LearningCurves project={project} learning={learning} />);
    expect(plot().getAttribute("aria-valuetext")).toMatch(/^Round 2, 40 labels/);
    fireEvent.focus(plot());
    fireEvent.keyDown(plot(), { key: "ArrowLeft" });
    expect(plot().getAttribute("aria-valuetext")).toMatch(/^Round 1, 20 labels/);
    expect(screen.getByText(/^Round 1, 20 labels/)).toBeTruthy();
    fireEvent.keyDown(plot(), { key: "Enter" });
    expect(window.location.pathname).toBe("/projects/1/rounds/round%201");
  });

  it("says which rounds have no place, and shows them over rounds", () => {
    render(<LearningCurves project={project} learning={learning} />);
    expect(screen.getByText(/1 older round without a count of labels is not drawn/)).toBeTruthy();
    fireEvent.click(screen.getByRole("button", { name: "Rounds" }));
    expect(plot().getAttribute("aria-valuetext")).toMatch(/^Round 3/);
    expect(screen.queryByText(/is not drawn/)).toBeNull();
  });
});

const cases = Array.from({ length: 30 }, (_, i): DiffCase => ({
  label: "run",
  video: "yard.mp4",
  video_id: "v",
  tube: i,
  tube_id: `t${i}`,
  frame: 10 + i,
  time_s: 0.4,
  truth: true,
  p_new: 0.81,
  p_old: 0.32,
  box_norm: [0.25, 0.5, 0.75, 1],
}));

describe("the pictures of a difference", () => {
  it("come some at a time, each a way to its frame and tube", () => {
    const pair = { one: 6, other: 3 };
    render(<Gallery project={project} side="won" pair={pair} cases={cases} total={30} />);
    const links = () => screen.getAllByRole("link");
    expect(links()).toHaveLength(24);
    expect(links()[1]!.getAttribute("href")).toBe("/projects/1/videos/v?frame=11&tube=t1");
    fireEvent.click(screen.getByRole("button", { name: "Show 6 more" }));
    expect(links()).toHaveLength(30);
  });

  it("have the box at the picture's own proportions once it is there", () => {
    const { container } = render(<CasePicture item={cases[0]!} side="won" />);
    expect(container.querySelector("rect")).toBeNull();
    const picture = container.querySelector("img")!;
    Object.defineProperties(picture, {
      naturalWidth: { value: 640 },
      naturalHeight: { value: 360 },
    });
    fireEvent.load(picture);
    expect(container.querySelector("svg")!.getAttribute("viewBox")).toBe("0 0 640 360");
    const box = container.querySelector("rect")!;
    expect(["x", "y", "width", "height"].map((name) => box.getAttribute(name))).toEqual([
      "160",
      "180",
      "320",
      "180",
    ]);
  });

  it("say where there is no picture", () => {
    const { container } = render(<CasePicture item={cases[0]!} side="lost" />);
    fireEvent.error(container.querySelector("img")!);
    expect(screen.getByText("No picture of this frame")).toBeTruthy();
  });
});
