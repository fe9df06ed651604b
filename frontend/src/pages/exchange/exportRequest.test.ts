import { describe, expect, it } from "vitest";

import type { FileFormat } from "../../api/types";
import { EVERYTHING_REVIEWED, exportBody, fault, keepsAndLoses, lostText } from "./exportRequest";

const ava = { name: "ava", holds: ["tubes", "actions"] } as FileFormat;
const cvat = { name: "cvat", holds: ["tubes", "keyframes", "occlusion"] } as FileFormat;

describe("export request", () => {
  it("sends AVA's own options for AVA only", () => {
    expect(exportBody(EVERYTHING_REVIEWED)).toMatchObject({
      rate_hz: 1,
      decimals: null,
      as_of: null,
    });
    expect(exportBody({ ...EVERYTHING_REVIEWED, format: "cvat" })).not.toHaveProperty("rate_hz");
  });

  it("sends local times with their zone", () => {
    const { as_of } = exportBody({ ...EVERYTHING_REVIEWED, asOf: "2024-05-01T12:30" });
    expect(new Date(as_of!).getTime()).toBe(new Date(2024, 4, 1, 12, 30).getTime());
    expect(as_of).toMatch(/Z$/);
  });

  it("finds what cannot be asked for", () => {
    const dates = { ...EVERYTHING_REVIEWED, asOf: "2024-05-01T12:30" };
    expect(fault({ ...dates, changedSince: "2024-05-02T00:00" })).toMatch(/before/);
    expect(fault({ ...dates, changedSince: "2024-04-02T00:00" })).toBeNull();
    expect(fault({ ...EVERYTHING_REVIEWED, rateHz: "0" })).toMatch(/above 0/);
  });

  it("names what a format has no place for", () => {
    expect(keepsAndLoses(ava, [ava, cvat])).toEqual({
      keeps: ["tubes", "actions"],
      loses: ["keyframes", "occlusion"],
    });
    expect(lostText({ segments: 1200, video_classes: 2, gaps: 0 })).toBe(
      "1,200 segments, 2 video classes",
    );
    expect(lostText(undefined)).toBe("");
  });
});
