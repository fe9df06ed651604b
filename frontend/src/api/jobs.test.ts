import { describe, expect, it } from "vitest";

import { hasMoved, pollInterval } from "./jobs";
import type { Job, JobState } from "./types";

function job(id: string, state: JobState, rest: Partial<Job> = {}): Job {
  return {
    id,
    kind: "propose",
    project_id: 1,
    video_id: null,
    video_name: null,
    state,
    progress: 0,
    message: "",
    error: null,
    result: null,
    created_at: "2024-05-01T10:00:00Z",
    started_at: null,
    finished_at: null,
    ...rest,
  };
}

describe("pollInterval", () => {
  it("looks again while a job waits or runs", () => {
    expect(pollInterval([job("a", "done"), job("b", "queued")], -Infinity, 0)).toBe(2000);
    expect(pollInterval([job("a", "running")], -Infinity, 0)).toBe(2000);
  });

  it("stops when none does, after time for the next one to start", () => {
    const over = [job("a", "done"), job("b", "failed"), job("c", "cancelled")];
    expect(pollInterval(over, 10_000, 12_000)).toBe(2000);
    expect(pollInterval(over, 10_000, 60_000)).toBe(false);
    expect(pollInterval(over, -Infinity, 0)).toBe(false);
    expect(pollInterval([], -Infinity, 0)).toBe(false);
  });

  it("does not poll before the first answer", () => {
    expect(pollInterval(undefined, 0, 0)).toBe(false);
  });
});

describe("hasMoved", () => {
  it("sees a new job and a change of state, and not mere progress", () => {
    const before = [job("a", "running", { progress: 0.1 })];
    expect(hasMoved(before, [job("a", "running", { progress: 0.9 })])).toBe(false);
    expect(hasMoved(before, [job("a", "done")])).toBe(true);
    expect(hasMoved(before, [...before, job("b", "queued")])).toBe(true);
  });
});
