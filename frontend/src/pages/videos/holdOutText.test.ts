import { describe, expect, it } from "vitest";

import type { HeldOutVideo, HoldOut } from "../../api/types";
import { coveredText, drawnBy, marks, summary, verdict, whyNot } from "./holdOutText";

const VIDEO: HeldOutVideo = {
  id: "v",
  name: "street.mp4",
  by: "draw",
  draw_id: 1,
  frame_count: 300,
  covered_frames: 299,
  tubes: 2,
  reviewed_tubes: 2,
  saw_proposals: false,
  trained_on: false,
};

const FOUND: HoldOut = {
  videos: 20,
  candidates: 12,
  drawn: Array<HeldOutVideo>(6).fill(VIDEO),
  draws: [],
  reviewed_videos: 1,
  reviewed_tubes: 2,
  fewest_videos: 5,
  fewest_tubes: 8,
  advised_tubes: 400,
  enough: false,
  blind: true,
  note: "",
};

describe("the hold-out in words", () => {
  it("says how much there is", () => {
    expect(summary(FOUND)).toBe("6 of 20 videos · 1 reviewed, with 2 tubes");
    expect(summary({ ...FOUND, drawn: [] })).toBe("no video is held out");
  });

  it("says what is missing, and only that", () => {
    expect(verdict(FOUND)?.text).toContain("4 videos and 6 tubes to review");
    expect(verdict({ ...FOUND, reviewed_tubes: 8 })?.text).toMatch(/: 4 videos to review$/);
    expect(verdict({ ...FOUND, reviewed_videos: 5, reviewed_tubes: 7 })?.text).toMatch(
      /: 1 tube to review$/,
    );
    expect(verdict({ ...FOUND, enough: true })).toEqual({
      tone: "ok",
      text: "enough to compare models",
    });
    expect(verdict({ ...FOUND, enough: true, reviewed_tubes: 400 })?.text).toContain("precise");
    expect(verdict({ ...FOUND, drawn: [VIDEO] })?.text).toMatch(/: hold out 4 more videos$/);
    expect(verdict({ ...FOUND, drawn: [] })).toBeNull();
  });

  it("says why nothing can be drawn", () => {
    expect(whyNot(FOUND)).toBeNull();
    expect(whyNot({ ...FOUND, candidates: 3 })).toBe("3 training videos are here; a draw needs 4");
  });

  it("draws at least one", () => {
    expect(drawnBy(20, 12)).toBe(2);
    expect(drawnBy(5, 4)).toBe(1);
  });

  it("calls nothing whole that is not", () => {
    expect(coveredText(VIDEO)).toBe("99 %");
    expect(coveredText({ ...VIDEO, covered_frames: 300 })).toBe("100 %");
    expect(coveredText({ ...VIDEO, frame_count: 0 })).toBe("–");
  });

  it("marks what bends figures", () => {
    expect(marks(VIDEO)).toEqual([]);
    const both = marks({ ...VIDEO, saw_proposals: true, trained_on: true });
    expect(both.map(({ text }) => text)).toEqual(["saw proposals", "trained on"]);
  });
});
