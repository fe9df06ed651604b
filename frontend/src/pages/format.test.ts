import { describe, expect, it } from "vitest";

import { ago, bytes, duration, percent, plural, rate } from "./format";

describe("format", () => {
  it("writes durations as clocks do", () => {
    expect([7, 65.4, 3753, 59.6].map(duration)).toEqual(["0:07", "1:05", "1:02:33", "1:00"]);
  });

  it("writes sizes in decimal units", () => {
    expect([0, 999, 1500, 20e6, 3.2e12].map(bytes)).toEqual([
      "0 B",
      "999 B",
      "1.5 kB",
      "20 MB",
      "3.2 TB",
    ]);
  });

  it("writes shares, and a dash for what was not measured", () => {
    expect([0.8125, 0, null, undefined, NaN].map(percent)).toEqual([
      "81.3 %",
      "0.0 %",
      "–",
      "–",
      "–",
    ]);
  });

  it("keeps fractional rates readable", () => {
    expect(rate([30000, 1001])).toBe("29.97 fps");
    expect(rate([25, 1])).toBe("25 fps");
  });

  it("counts in words", () => {
    expect(plural(1, "tube")).toBe("1 tube");
    expect(plural(1200, "tube")).toBe("1,200 tubes");
  });

  it("says how long ago, up to a day", () => {
    const now = Date.parse("2024-05-01T12:00:00Z");
    expect(ago("2024-05-01T11:59:40Z", now)).toBe("just now");
    expect(ago("2024-05-01T11:15:00Z", now)).toBe("45 min ago");
    expect(ago("2024-05-01T02:00:00Z", now)).toBe("10 h ago");
  });
});
