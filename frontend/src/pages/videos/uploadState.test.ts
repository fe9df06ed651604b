import { describe, expect, it } from "vitest";

import {
  isUnfinished,
  nextToStart,
  reduceUploads,
  uploadKey,
  type UploadEvent,
  type UploadItem,
} from "./uploadState";

const added = (key: string, size = 100): UploadEvent => ({
  type: "added",
  item: { key, projectId: 1, name: `${key}.mp4`, size },
});

const run = (...events: UploadEvent[]): UploadItem[] =>
  events.reduce<UploadItem[]>(reduceUploads, []);

describe("reduceUploads", () => {
  it("sends a file from waiting to sent and remembers the job", () => {
    const [item] = run(
      added("a"),
      { type: "started", key: "a" },
      { type: "progressed", key: "a", sent: 40 },
      { type: "finished", key: "a", jobId: "job-1", videoId: null },
    );
    expect(item).toMatchObject({ state: "sent", sent: 100, jobId: "job-1", error: null });
  });

  it("calls a file that the project has already a duplicate", () => {
    const [item] = run(
      added("a"),
      { type: "started", key: "a" },
      { type: "finished", key: "a", jobId: null, videoId: "video-1" },
    );
    expect(item).toMatchObject({ state: "duplicate", videoId: "video-1" });
  });

  it("keeps a paused file paused when a late progress event arrives", () => {
    const [item] = run(
      added("a"),
      { type: "started", key: "a" },
      { type: "progressed", key: "a", sent: 40 },
      { type: "paused", key: "a" },
      { type: "progressed", key: "a", sent: 60 },
    );
    expect(item).toMatchObject({ state: "paused", sent: 40 });
  });

  it("lets a failed file wait again, without its old error", () => {
    const failed = run(
      added("a"),
      { type: "started", key: "a" },
      { type: "failed", key: "a", error: "No room on the disk." },
    );
    expect(failed[0]).toMatchObject({ state: "failed", error: "No room on the disk." });
    const [item] = reduceUploads(failed, { type: "resumed", key: "a" });
    expect(item).toMatchObject({ state: "waiting", error: null });
  });

  it("ignores a file chosen again while it is under way, and starts it anew after its end", () => {
    const sending = run(added("a"), { type: "started", key: "a" });
    expect(reduceUploads(sending, added("a"))).toBe(sending);
    const ended = reduceUploads(sending, { type: "failed", key: "a", error: "x" });
    expect(reduceUploads(ended, added("a"))).toMatchObject([{ state: "waiting", error: null }]);
  });

  it("removes only the file named", () => {
    expect(run(added("a"), added("b"), { type: "removed", key: "a" })).toMatchObject([
      { key: "b" },
    ]);
  });
});

describe("nextToStart", () => {
  it("keeps two files going, in order", () => {
    const three = run(added("a"), added("b"), added("c"));
    expect(nextToStart(three).map((item) => item.key)).toEqual(["a", "b"]);
    const one = reduceUploads(three, { type: "started", key: "a" });
    expect(nextToStart(one).map((item) => item.key)).toEqual(["b"]);
    const two = reduceUploads(one, { type: "started", key: "b" });
    expect(nextToStart(two)).toEqual([]);
    const failed = reduceUploads(two, { type: "failed", key: "a", error: "x" });
    expect(nextToStart(failed).map((item) => item.key)).toEqual(["c"]);
  });

  it("passes over paused files", () => {
    const items = run(added("a"), { type: "paused", key: "a" }, added("b"));
    expect(nextToStart(items).map((item) => item.key)).toEqual(["b"]);
    expect(items.map(isUnfinished)).toEqual([true, true]);
  });
});

describe("uploadKey", () => {
  it("tells projects apart and knows the same file again", () => {
    const file = new File(["abc"], "walk.mp4", { lastModified: 5 });
    const same = new File(["abc"], "walk.mp4", { lastModified: 5 });
    expect(uploadKey(1, file)).toBe(uploadKey(1, same));
    expect(uploadKey(1, file)).not.toBe(uploadKey(2, file));
  });
});
