import { describe, expect, it } from "vitest";

import type { Finding } from "../../api/types";
import { findingPath } from "../paths";
import {
  coefficient,
  kappaWord,
  readFilter,
  replicaName,
  severityTone,
  suspiciousPath,
  writeFilter,
} from "./qualityText";

const read = (text: string) => readFilter(new URLSearchParams(text));

describe("the filter in the address", () => {
  it("comes back as it was written", () => {
    const filter = { kind: "jump", videoId: "v", page: 2 } as const;
    expect(writeFilter(filter)).toBe("?kind=jump&video=v&page=3");
    expect(read(writeFilter(filter))).toEqual(filter);
  });

  it("is left out where nothing is filtered", () => {
    expect(writeFilter({ kind: null, videoId: null, page: 0 })).toBe("");
    expect(read("")).toEqual({ kind: null, videoId: null, page: 0 });
  });

  it.each(["kind=ugly", "page=-3", "page=1.5", "page=x", "kind=toString"])(
    "passes over what makes no sense: %s",
    (text) => expect(read(text)).toEqual({ kind: null, videoId: null, page: 0 }),
  );

  it("asks the server for the page that is shown", () => {
    expect(suspiciousPath(3, { kind: "flicker", videoId: null, page: 2 })).toBe(
      "/api/projects/3/quality/suspicious?limit=50&offset=100&kind=flicker",
    );
  });
});

describe("a finding's link", () => {
  const finding = { video_id: "v", tube_id: "t", frame: 12 } as Finding;

  it("leads to the frame, with the tube chosen", () => {
    expect(findingPath(7, finding)).toBe("/projects/7/videos/v?frame=12&tube=t");
  });

  it("leads to the frame alone where there is no tube", () => {
    expect(findingPath(7, { ...finding, tube_id: null })).toBe("/projects/7/videos/v?frame=12");
  });
});

describe("figures", () => {
  it("have two decimals, and a dash where they are not defined", () => {
    expect([0.456, 1, -0.123, -0.001, null, undefined].map(coefficient)).toEqual([
      "0.46",
      "1.00",
      "-0.12",
      "0.00",
      "–",
      "–",
    ]);
  });

  it("have the words of Landis and Koch", () => {
    expect([1, 0.8, 0.803, 0.61, 0.5, 0.21, 0.1, 0, -0.2, null].map(kappaWord)).toEqual([
      "almost perfect",
      "substantial",
      "substantial",
      "substantial",
      "moderate",
      "fair",
      "slight",
      "none",
      "none",
      "",
    ]);
  });

  it("are the redder the worse", () => {
    expect([0.1, 0.3, 0.7].map(severityTone)).toEqual(["neutral", "warn", "bad"]);
  });
});

describe("a replica's name", () => {
  it("is the next one that is free", () => {
    expect(replicaName("Yard", [])).toBe("Yard, replica 1");
    expect(replicaName("Yard", ["Yard, replica 1"])).toBe("Yard, replica 2");
  });

  it("fits where the project's name is as long as can be", () => {
    expect(replicaName("x".repeat(200), []).length).toBeLessThanOrEqual(200);
  });
});
