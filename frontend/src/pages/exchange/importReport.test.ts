import { describe, expect, it } from "vitest";

import { changesAnything, conflictLines, readReport, summary, verdict } from "./importReport";

const row = (report: ReturnType<typeof readReport>, name: string) =>
  summary(report).find((each) => each.name === name)!;

describe("import report", () => {
  it("is whole where the server left parts out", () => {
    const report = readReport(null);
    expect(report.mode).toBe("dry-run");
    expect(changesAnything(report)).toBe(false);
    expect(summary(report).map(({ name }) => name)).toEqual([
      "Videos",
      "Labels",
      "Tubes",
      "Actions and segments",
    ]);
  });

  it("counts videos and labels by what happens to them", () => {
    const report = readReport({
      videos: {
        "a.mp4": { tubes: { new: 1 }, spans: {}, conflicts: [] },
        "b.mp4": {
          tubes: { unchanged: 3, conflict: 1 },
          spans: {},
          conflicts: ["person 3 differs"],
        },
      },
      unknown_videos: ["c"],
      unknown_videos_total: 40,
      labels: [
        { name: "walk", action: "match" },
        { name: "hop", action: "create" },
        { name: "blur", action: "leave out" },
        { name: "??", action: "unknown" },
      ],
    });
    expect(row(report, "Videos")).toMatchObject({
      changed: 1,
      unchanged: 1,
      conflict: 1,
      left: 40,
    });
    expect(row(report, "Labels")).toMatchObject({ new: 1, unchanged: 1, left: 2 });
    expect(conflictLines(report)).toEqual(["b.mp4: person 3 differs"]);
  });

  it("says in a sentence what would come of it", () => {
    expect(verdict(readReport({ tubes: { new: 1 }, videos_total: 1 }))).toBe(
      "The file can be imported",
    );
    expect(verdict(readReport({ tubes: { unchanged: 1 }, videos_total: 1 }))).toMatch(/nothing/);
    expect(verdict(readReport({ rows: 4000, error_count: 1200 }))).toBe(
      "1,200 rows of 4,000 cannot be read",
    );
    expect(verdict(readReport({ rows: 4, unknown_videos: ["c"] }))).toMatch(/^None of the videos/);
  });
});
