import { describe, expect, it } from "vitest";

import {
  basis,
  isEmpty,
  isOfFew,
  points,
  pointsRange,
  settingPercent,
} from "./guardText";
import { wholePercent } from "../format";
import { nobody } from "./testGuards";

describe("figures of guards", () => {
  it("says what a rate is of and how sure it is", () => {
    const share = { n: 4, hits: 3, rate: 0.75, low: 0.3006, high: 0.9544 };
    expect([wholePercent(share.rate), ...basis(share)]).toEqual(["75 %", "3 of 4", "30–95 %"]);
  });

  it("makes no zero of nothing", () => {
    const nothing = { n: 0, hits: 0, rate: null, low: null, high: null };
    expect([wholePercent(null), points(null)]).toEqual(["–", "–"]);
    expect([basis(nothing), pointsRange(null, null)]).toEqual([["none yet"], ["none yet"]]);
  });

  it("writes differences with their sign", () => {
    expect([points(0.5), points(-0.121), points(0.001)]).toEqual(["+50", "−12", "0"]);
    expect(pointsRange(-0.05, 0.2)).toEqual(["−5 to +20", "points"]);
  });

  it("writes shares as they were set, and tells few from amiss", () => {
    expect([settingPercent(0.05), settingPercent(0.025)]).toEqual(["5 %", "2.5 %"]);
    expect(["few answers yet", "misses more than half"].map(isOfFew)).toEqual([true, false]);
  });

  it("knows when nobody has been measured", () => {
    expect(isEmpty(nobody)).toBe(true);
    expect(isEmpty({ ...nobody, shown: 1 })).toBe(false);
  });
});
