import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";

import { ApiError } from "../api/client";
import { box } from "../domain/box";
import { same } from "../domain/equality";
import type { Operation } from "../domain/operations";
import type { Notice } from "./commit";
import { SyncEngine } from "./engine";
import { FakeServer } from "./fakeServer";
import { memoryOutbox, type Outbox } from "./outbox";

const keyframe = (frame: number, x = 0) => ({
  frame,
  box: box(x, 0, x + 10, 10),
  occluded: false,
  outside: false,
});

const addTube = (id: string): Operation => ({
  op: "tube_add",
  tube: { id, label_id: 1, keyframes: [keyframe(0), keyframe(100)] },
});

const setBox = (tube_id: string, frame: number, x: number): Operation => ({
  op: "keyframe_set",
  tube_id,
  ...keyframe(frame, x),
});

const addSpan = (id: string, tube_id: string): Operation => ({
  op: "span_add",
  span: { id, tube_id, label_id: 2, start_frame: 10, end_frame: 20 },
});

let server: FakeServer;
let outbox: Outbox;
const liveTabs = new Set<string>();
const opened: SyncEngine[] = [];

function engine(tabId = "tab-1", tell?: (notice: Notice) => void): SyncEngine {
  liveTabs.add(tabId);
  const made = new SyncEngine({
    videoId: "video",
    userId: 7,
    transport: server,
    outbox,
    tabs: { id: tabId, gone: async () => (id) => !liveTabs.has(id) },
    activity: { take: () => 1.5 },
    ...(tell ? { tell } : {}),
  });
  opened.push(made);
  return made;
}

async function settle(ms = 1000): Promise<void> {
  await vi.advanceTimersByTimeAsync(ms);
}

function expectSame(sync: SyncEngine): void {
  expect(same(sync.view, server.annotations)).toBe(true);
  expect([...sync.view.tubes.keys()]).toEqual([...server.annotations.tubes.keys()]);
}

beforeEach(() => {
  vi.useFakeTimers();
  server = new FakeServer();
  outbox = memoryOutbox();
  liveTabs.clear();
});

afterEach(() => {
  for (const made of opened.splice(0)) made.close();
  vi.useRealTimers();
});

describe("what a commit's answer says", () => {
  it("tells of a planted proposal and asks at once what was taken away", async () => {
    const heard: string[] = [];
    const sync = engine("tab-1", (notice) => heard.push(notice.message));
    await sync.open();
    server.planted = {
      tubeId: "t",
      notice: { kind: "tube", caught: false, message: "It was planted." },
    };
    sync.edit([addTube("t")]);
    await settle(600);
    expect(heard).toEqual(["It was planted."]);
    expect(sync.view.tubes.has("t")).toBe(false);
    expect(sync.status.state).toBe("saved");
    expectSame(sync);
  });

  it("sends what accepts many at once by itself, between what came before and after", async () => {
    const sync = engine();
    await sync.open();
    sync.edit([addTube("t")]);
    sync.edit([setBox("t", 50, 5)], { acceptAll: true });
    sync.edit([setBox("t", 60, 5)]);
    sync.edit([setBox("t", 70, 5)]);
    await settle(2000);
    expect(server.received.map((c) => [c.accept_all ?? false, c.edits])).toEqual([
      [false, 1],
      [true, 1],
      [false, 2],
    ]);
    expectSame(sync);
  });
});

describe("saving", () => {
  it("shows an edit at once and sends a burst as one commit within half a second", async () => {
    const sync = engine();
    await sync.open();
    sync.edit([addTube("t")]);
    sync.edit([setBox("t", 50, 5)]);
    expect(sync.view.tubes.get("t")!.keyframes).toHaveLength(3);
    expect(sync.status).toEqual({ state: "saving", edits: 2 });
    await settle(500);
    expect(server.received).toHaveLength(1);
    expect(server.received[0]!.seconds).toBe(1.5);
    expect(sync.status.state).toBe("saved");
    expect(await outbox.all("video")).toEqual([]);
    expectSame(sync);
  });

  it("sends the same commit again when the answer is lost, and doubles nothing", async () => {
    const sync = engine();
    await sync.open();
    server.faults = ["after"];
    sync.edit([addTube("t")]);
    await settle(500);
    expect(sync.status).toEqual({ state: "offline", edits: 1 });
    sync.edit([setBox("t", 50, 5)]);
    await settle(3000);
    expect(server.received.map((c) => c.commit_id)).toHaveLength(3);
    expect(server.received[0]).toEqual(server.received[1]);
    expect(server.done).toHaveLength(2);
    expect(sync.status.state).toBe("saved");
    expectSame(sync);
  });

  it("keeps edits while the server is away, and sends them in order when it is back", async () => {
    const sync = engine();
    await sync.open();
    server.isDown = true;
    sync.edit([addTube("t")]);
    await settle(800);
    sync.edit([setBox("t", 50, 5)]);
    await settle(60_000);
    expect(sync.status).toEqual({ state: "offline", edits: 2 });
    server.isDown = false;
    await settle(16_000);
    expect(sync.status.state).toBe("saved");
    expect(server.annotations.tubes.get("t")!.keyframes).toHaveLength(3);
    expectSame(sync);
  });

  it("follows its own commits without taking them for somebody else's", async () => {
    const sync = engine();
    await sync.open();
    sync.edit([addTube("t")]);
    await settle(400);
    for (let x = 1; x <= 5; x++) {
      sync.edit([setBox("t", 50, x)]);
      await settle(200);
    }
    await settle(2000);
    expect(sync.status.state).toBe("saved");
    expectSame(sync);
  });

  it("sends nothing it cannot do, and reports a commit that is refused for good", async () => {
    const sync = engine();
    await sync.open();
    expect(() => sync.edit([setBox("nobody", 0, 0)])).toThrow("no tube");
    vi.spyOn(server, "commit").mockRejectedValueOnce(
      new ApiError(403, "forbidden", "You may only look."),
    );
    sync.edit([addTube("t")]);
    await settle(500);
    expect(sync.status).toEqual({ state: "refused", edits: 1, message: "You may only look." });
    await sync.discardRefused();
    await settle(500);
    expect(sync.status.state).toBe("saved");
    expect(sync.view.tubes.size).toBe(0);
  });
});

describe("bad luck", () => {
  it.each([1, 2, 3, 4, 5])("loses and doubles nothing whatever breaks (seed %i)", async (seed) => {
    const random = sequence(seed);
    let tab = 1;
    let sync = engine(`tab-${tab}`);
    await sync.open();
    const expected = new Map<string, number>();
    for (let turn = 0; turn < 60; turn++) {
      const luck = random();
      server.isDown = luck < 0.2;
      if (luck > 0.6) server.faults = [luck > 0.8 ? "after" : "before"];
      const id = `t${Math.floor(random() * 5)}`;
      const isNew = !sync.view.tubes.has(id);
      sync.edit([isNew ? addTube(id) : setBox(id, 1 + turn, turn)]);
      expected.set(id, (expected.get(id) ?? 1) + 1);
      await settle(random() * 2500);
      if (random() < 0.15) {
        sync.close();
        liveTabs.delete(`tab-${tab}`);
        server.isDown = false;
        sync = engine(`tab-${++tab}`);
        await sync.open();
      }
    }
    server.isDown = false;
    server.faults = [];
    await settle(60_000);
    expect(sync.status.state).toBe("saved");
    expectSame(sync);
    for (const [id, keyframes] of expected) {
      expect(server.annotations.tubes.get(id)!.keyframes).toHaveLength(keyframes);
    }
    expect(new Set(server.done).size).toBe(server.done.length);
  });
});

/** Reproducible numbers in [0, 1) (Lehmer's generator). */
function sequence(seed: number): () => number {
  let state = seed * 7919;
  return () => (state = (state * 48_271) % 2_147_483_647) / 2_147_483_647;
}

describe("a reload and a second tab", () => {
  it("takes over what a closed tab left, once", async () => {
    const first = engine("tab-1");
    await first.open();
    server.isDown = true;
    first.edit([addTube("t")]);
    await settle(800);
    first.close();
    liveTabs.delete("tab-1");
    server.isDown = false;
    const second = engine("tab-2");
    const third = engine("tab-3");
    await Promise.all([second.open(), third.open()]);
    await settle(500);
    await Promise.all([second.poll(), third.poll()]);
    expect(server.done).toHaveLength(1);
    expectSame(second);
    expectSame(third);
  });

  it("replays harmlessly a commit that was done although its tab never heard so", async () => {
    const first = engine("tab-1");
    await first.open();
    server.faults = ["after"];
    first.edit([addTube("t"), addSpan("s", "t")]);
    await settle(400);
    first.close();
    liveTabs.delete("tab-1");
    const second = engine("tab-2");
    await second.open();
    await settle(1500);
    expect(second.status.state).toBe("saved");
    expect(server.done).toHaveLength(1);
    expect(second.view.spans.size).toBe(1);
    expectSame(second);
  });

  it("leaves the work of a living tab alone", async () => {
    const first = engine("tab-1");
    await first.open();
    server.isDown = true;
    first.edit([addTube("t")]);
    await settle(500);
    server.isDown = false;
    const second = engine("tab-2");
    await second.open();
    expect(second.view.tubes.size).toBe(0);
    await settle(2000);
    await second.poll();
    expect(second.view.tubes.size).toBe(1);
    expect(server.received.every((c) => c.tab_id === "tab-1")).toBe(true);
  });
});

describe("others' changes", () => {
  it("takes them in beside its own unsent work", async () => {
    const sync = engine();
    server.foreign([addTube("a"), addTube("b")]);
    await sync.open();
    sync.edit([setBox("a", 50, 3)]);
    server.foreign([setBox("b", 50, 9)]);
    await settle(500);
    expect(sync.status.state).toBe("saved");
    expect(sync.view.tubes.get("b")!.keyframes).toHaveLength(3);
    expectSame(sync);
  });

  it("asks about an object that both changed, and keeps theirs without losing the rest", async () => {
    const sync = engine();
    server.foreign([addTube("a"), addTube("b")]);
    await sync.open();
    server.foreign([setBox("a", 50, 9)]);
    sync.edit([setBox("a", 50, 3), setBox("b", 50, 3)]);
    await settle(500);
    expect(sync.status).toMatchObject({ state: "conflict", objects: [{ kind: "tube", id: "a" }] });
    await sync.keepTheirs();
    await settle(500);
    expect(sync.status.state).toBe("saved");
    expect(server.annotations.tubes.get("a")!.keyframes[1]!.box[0]).toBe(9);
    expect(server.annotations.tubes.get("b")!.keyframes[1]!.box[0]).toBe(3);
    expectSame(sync);
  });

  it("does mine on top of theirs", async () => {
    const sync = engine();
    server.foreign([addTube("a")]);
    await sync.open();
    server.foreign([setBox("a", 20, 9)]);
    sync.edit([setBox("a", 50, 3)]);
    await settle(500);
    await sync.applyMine();
    await settle(500);
    expect(server.annotations.tubes.get("a")!.keyframes.map((k) => k.frame)).toEqual([
      0, 20, 50, 100,
    ]);
    expectSame(sync);
  });

  it("puts my object back where they removed it and I insist", async () => {
    const sync = engine();
    server.foreign([addTube("a"), addSpan("s", "a")]);
    await sync.open();
    server.foreign([{ op: "tube_remove", tube_id: "a" }]);
    sync.edit([{ op: "span_set", span_id: "s", end_frame: 15 }]);
    vi.spyOn(server, "commit").mockRejectedValueOnce(
      new ApiError(409, "conflict", "Removed.", {
        revision: server.revision,
        objects: [{ kind: "span", id: "s", theirs: null }],
      }),
    );
    await settle(500);
    await sync.applyMine();
    await settle(500);
    expect(server.annotations.spans.get("s")!.end_frame).toBe(15);
    expect(server.annotations.tubes.has("a")).toBe(true);
    expectSame(sync);
  });

  it("merges nothing by a poll while own work is unsent, so that no change is overlooked", async () => {
    const sync = engine();
    server.foreign([addTube("a")]);
    await sync.open();
    server.isDown = true;
    sync.edit([setBox("a", 50, 3)]);
    await settle(500);
    server.isDown = false;
    server.foreign([setBox("a", 60, 9)]);
    await sync.poll();
    await settle(500);
    expect(sync.status.state).toBe("conflict");
  });
});
