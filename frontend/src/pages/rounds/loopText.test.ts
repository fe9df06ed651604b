import { describe, expect, it } from "vitest";

import type { Round } from "../../api/types";
import { codeText, provenance, roundOutcome, stepViews, tookText, triggerText } from "./loopText";
import { changeOf, labelsOf, roundRows } from "./roundTable";
import { roundOf } from "./testRound";

const AT = (s: number) => new Date(Date.UTC(2024, 4, 1, 10, 0, s)).toISOString();

const round = (rest: Partial<Round> = {}): Round =>
  roundOf({
    state: "running",
    decision: "",
    step: "train",
    steps: [
      { name: "snapshot", started_at: AT(0), finished_at: AT(2), digest: "ab" },
      { name: "train", started_at: AT(2), finished_at: null, digest: "" },
    ],
    snapshot_hash: "cd",
    ...rest,
  });

describe("steps", () => {
  it("are all there, with what each took so far", () => {
    const views = stepViews(round(), Date.parse(AT(12)));
    expect(views.map(({ name }) => name)).toEqual([
      "snapshot",
      "train",
      "calibrate",
      "compare",
      "promote",
      "propose",
      "queue",
    ]);
    expect(views.slice(0, 3).map(({ state, seconds }) => [state, seconds])).toEqual([
      ["done", 2],
      ["now", 10],
      ["ahead", null],
    ]);
  });

  it("show where a round failed, and no clock runs on there", () => {
    const [, train] = stepViews(round({ state: "failed" }), Date.parse(AT(99)));
    expect([train!.state, train!.seconds]).toEqual(["failed", null]);
  });

  it("are nothing but ahead for one that waits or is of an earlier version", () => {
    const views = stepViews(round({ steps: [], state: "queued" }));
    expect(new Set(views.map(({ state }) => state))).toEqual(new Set(["ahead"]));
  });

  it("say how long a machine took", () => {
    expect([0.44, 32.4, 185, 3600 * 2 + 125].map(tookText)).toEqual([
      "0.4 s",
      "32 s",
      "3 min 5 s",
      "2 h 2 min",
    ]);
    expect(tookText(null)).toBe("");
  });
});

describe("a round's badge", () => {
  it("says that it waits, at which step it is, or what was decided", () => {
    expect(roundOutcome(round({ state: "queued", waiting: true })).text).toBe("waiting");
    expect(roundOutcome(round({ state: "queued", waiting: false })).text).toBe("queued");
    expect(roundOutcome(round()).text).toBe("running: train");
    expect(roundOutcome(round({ state: "done", decision: "undecided" })).tone).toBe("warn");
    expect(triggerText("schedule")).toBe("on schedule");
  });
});

describe("what made a model", () => {
  const made = round({
    seed: 7,
    code: { version: "1.0", commit: "0123456789abcdef", changed: true, libraries: {}, lock: "" },
    effort: { labels: 3, seconds: 60, revision: 12 },
  });

  it("is said and can be copied as data", () => {
    expect(codeText(made)).toBe("Tubelab 1.0, commit 0123456789ab (with changes)");
    expect(JSON.parse(provenance(made))).toMatchObject({
      seed: 7,
      revision: 12,
      snapshot_hash: "cd",
    });
    expect(codeText(round())).toBe("");
  });
});

describe("rows of the table", () => {
  it("join a round with its place on the curve, newest first, and do without it", () => {
    const rows = roundRows(
      [round(), round({ id: "r2", number: 2, effort: { labels: 9, seconds: 0, revision: 4 } })],
      undefined,
    );
    expect(rows.map(({ round: { number } }) => number)).toEqual([2, 1]);
    expect(labelsOf(rows[0]!)).toBe(9);
    expect(labelsOf(rows[1]!)).toBeNull();
    expect(changeOf(rows[0]!)).toBeNull();
  });
});
