import { describe, expect, it } from "vitest";

import {
  acceptanceText,
  intervalText,
  points,
  reasonValue,
  stopText,
  workText,
} from "./learningText";
import { learningRound } from "./testRounds";

describe("points", () => {
  it("has a sign, and none for what rounds to nothing", () => {
    expect([0.018, -0.034, 0, 0.0004, -0.0004].map(points)).toEqual([
      "+1.8",
      "−3.4",
      "0.0",
      "0.0",
      "0.0",
    ]);
  });
});

describe("workText", () => {
  it("goes from minutes to hours", () => {
    expect([0, 20, 60, 1920, 3600, 7500].map(workText)).toEqual([
      "0 min",
      "under 1 min",
      "1 min",
      "32 min",
      "1 h",
      "2 h 5 min",
    ]);
    expect(workText(3599)).toBe("1 h");
    expect(workText(null)).toBe("–");
  });
});

describe("stopText", () => {
  it("says what is known of a round and nothing of what is not", () => {
    expect(stopText({ round: learningRound(2), x: 40 })).toBe(
      "Round 2, 40 labels, 10 min of work, macro F1 50.0 %",
    );
    const full = learningRound(3, {
      macro_f1_low: 0.4,
      macro_f1_high: 0.6,
      map: 0.45,
      ece: 0.0432,
      control: {
        labels: 9,
        macro_f1: 0.3,
        map: null,
        active: { labels: 9, macro_f1: 0.38, map: null },
      },
    });
    expect(stopText({ round: full, x: 60 })).toBe(
      "Round 3, 60 labels, 15 min of work, macro F1 50.0 % (40.0–60.0 %), mAP 45.0 %, " +
        "calibration error 0.043, 9 random answers alone 30.0 %, as many chosen ones 38.0 %",
    );
  });
});

describe("small texts", () => {
  it("show shares with their counts, and nothing of nothing", () => {
    expect(acceptanceText({ shown: 50, accepted: 41 })).toBe("82.0 % (41 of 50)");
    expect(acceptanceText({ shown: 0, accepted: 0 })).toBe("none shown yet");
    expect(intervalText(null, 0.5)).toBe("");
    const reason = { what: "kappa", met: true, note: "" };
    expect(reasonValue({ ...reason, value: 0.99317 })).toBe("0.993");
    expect(reasonValue({ ...reason, value: null })).toBe("");
    expect(reasonValue({ ...reason, what: "accepted (90%)", value: 0 })).toBe("0.0 %");
  });
});
