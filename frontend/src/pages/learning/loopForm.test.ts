import { describe, expect, it } from "vitest";

import {
  changesOf,
  fieldError,
  formErrors,
  formOf,
  nextRoundText,
  refusedField,
  triggerProgress,
} from "./loopForm";
import type { Loop } from "../../api/types";

const loop: Loop = {
  acquisition: "auto",
  batch: 20,
  random_share: 0.15,
  blind_share: 0.3,
  planted_share: 0.025,
  double_share: 0,
  discovery_share: 0.2,
  accept_all_from: 0.95,
  round_every_minutes: 60,
  round_every_hours: 0,
  promote_by: "rule",
  acquisitions: [],
  next: { minutes_reviewed: 23.9, minutes_wanted: 60, at: null },
};

describe("the form of the loop", () => {
  it("shows shares in percent and sends them as shares, only what was changed", () => {
    const form = formOf(loop);
    expect([form.random_share, form.planted_share, form.batch]).toEqual(["15", "2.5", "20"]);
    expect(changesOf(form, loop)).toEqual({});
    const typed = {
      ...form,
      random_share: "12,5",
      batch: "30",
      promote_by: "person",
      blind_share: "30.0",
    };
    expect(changesOf(typed, loop)).toEqual({
      random_share: 0.125,
      batch: 30,
      promote_by: "person",
    });
  });

  it("says what is wrong with a field", () => {
    expect(fieldError("random_share", "5")).toBe("From 10 to 25 %.");
    expect(fieldError("random_share", "12.5")).toBeNull();
    expect(fieldError("batch", "2.5")).toBe("A whole number, please.");
    expect(fieldError("batch", "")).toBe("From 1 to 500.");
    expect(fieldError("promote_by", "rule")).toBeNull();
    expect(formErrors({ ...formOf(loop), batch: "0", double_share: "x" })).toEqual({
      batch: "From 1 to 500.",
      double_share: "From 0 to 50 %.",
    });
  });

  it("finds the field that a refusal of the server names", () => {
    expect(refusedField("batch is a whole number from 1 to 500, got 900.")).toBe("batch");
    expect(refusedField("The server failed to answer.")).toBeNull();
  });

  it("says how far the next round is", () => {
    expect(triggerProgress(loop)).toBe("23 of 60 minutes reviewed since the last round");
    expect(triggerProgress({ ...loop, round_every_minutes: 0 })).toBe("");
    expect(nextRoundText(loop)).toBe("Next round: 23 of 60 minutes reviewed");
    const clock = { ...loop, next: { ...loop.next, at: "2024-05-01T10:00:00Z" } };
    expect(nextRoundText(clock)).toMatch(/^Next round: 23 of 60 minutes reviewed, or at .*2024/);
    expect(nextRoundText({ ...loop, round_every_minutes: 0 })).toBe("");
  });
});
