import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";

import { box } from "../../domain/box";
import { boxAt } from "../../domain/tube";
import { cancel } from "../keyActions";
import type { EditorModel } from "../model";
import { EditorSession } from "../session";
import { testModel } from "../testModel";
import { fill, isPersons, roomAbout } from "./carried";
import { placedOf, said, track } from "./track";
import * as tubes from "./tubes";

let model: EditorModel;
let asked: { direction: string; first_frame: number | null; last_frame: number | null }[];

const tube = () => model.annotations.tubes.get("t")!;
const frames = () => tube().keyframes.map(({ frame }) => frame);
const go = (frame: number) => {
  model.player.seek(frame);
  model.player.head.set({ frame });
};
const lines = (...values: object[]) =>
  new Response(values.map((value) => JSON.stringify(value) + "\n").join(""));
const found = (...keyframes: [number, number][]) => ({
  result: {
    keyframes: keyframes.map(([frame, x]) => ({ frame, box: [x, 0, x + 20, 40] })),
    forward: { frame: keyframes.at(-1)![0], reason: "lost" },
    back: { frame: keyframes[0]![0], reason: "end" },
  },
});
const answer = (...values: object[]) =>
  vi.stubGlobal("fetch", async (_: string, { body }: { body: string }) => {
    asked.push(JSON.parse(body));
    return lines(...values);
  });

beforeEach(async () => {
  localStorage.clear();
  asked = [];
  ({ model } = await testModel());
});
afterEach(() => vi.unstubAllGlobals());

describe("carrying a box", () => {
  it("fills the tube as one edit, goes to where it stopped, and is undone at once", async () => {
    tubes.drawTube(model, 50, box(10, 0, 30, 40));
    const id = model.selectedTube!.id;
    const drawn = () => model.annotations.tubes.get(id);
    go(50);
    answer({ progress: 0.4 }, found([0, 0], [50, 10], [90, 30]));
    await track(model, drawn()!, "both");
    // The end that the drawn box was held until is gone: nobody had placed it.
    expect(drawn()!.keyframes.map((k) => k.frame)).toEqual([0, 50, 90]);
    expect(boxAt(drawn()!, 70)).toEqual(box(20, 0, 40, 40));
    expect(model.frame).toBe(90);
    expect(asked).toMatchObject([{ direction: "both", first_frame: null, last_frame: null }]);
    model.undo();
    expect(drawn()!.keyframes.map((k) => k.frame)).toEqual([50, 75]);
    model.undo();
    expect(drawn()).toBeUndefined();
  });

  it("goes up to the person's keyframes and no further", async () => {
    tubes.setBox(model, tube(), 100, box(7, 7, 27, 47));
    tubes.setBox(model, tube(), 60, box(3, 3, 23, 43));
    go(60);
    answer(found([0, 0], [60, 3], [80, 9], [100, 99], [150, 99]));
    await track(model, tube(), "both");
    expect(asked).toMatchObject([{ first_frame: null, last_frame: 99 }]);
    expect(frames()).toEqual([0, 60, 80, 100, 119]);
    expect(boxAt(tube(), 100)).toEqual(box(7, 7, 27, 47));
  });

  it("may be carried anew over what was carried before", async () => {
    go(60);
    answer(found([20, 0], [60, 20], [90, 30], [119, 9]));
    await track(model, tube(), "both");
    tubes.setBox(model, tube(), 80, box(50, 0, 70, 40));
    go(80);
    answer(found([61, 21], [80, 50], [110, 70]));
    await track(model, tube(), "both");
    expect(asked[1]).toMatchObject({ first_frame: null, last_frame: null });
    expect(frames()).toEqual([20, 60, 61, 80, 110, 119]);
    expect(placedOf(model, "t").has(80)).toBe(false);
  });

  it("changes nothing when it is cancelled, and can be started again", async () => {
    const before = frames();
    vi.stubGlobal("fetch", (_: string, { signal }: { signal: AbortSignal }) => {
      return new Promise((_done, fail) =>
        signal.addEventListener("abort", () => fail(new DOMException("", "AbortError"))),
      );
    });
    go(60);
    const work = track(model, tube(), "both");
    expect(model.ui.get().tracking).toBe(0);
    cancel(new EditorSession(model));
    await work;
    expect(model.ui.get()).toMatchObject({ tracking: null, tubeId: "t" });
    expect(frames()).toEqual(before);
  });

  it.each([
    ["says so without a server", () => Promise.reject(new TypeError("offline"))],
    ["passes on what the server says", async () => lines({ error: { code: "x", message: "No." } })],
    ["notices an answer that broke off", async () => lines({ progress: 0.5 })],
  ])("%s and changes nothing", async (_, fetched) => {
    const before = frames();
    vi.stubGlobal("fetch", fetched);
    go(60);
    await track(model, tube(), "forward");
    expect(frames()).toEqual(before);
    expect(model.ui.get().tracking).toBeNull();
  });

  it("does not overwrite a box that was changed meanwhile", async () => {
    go(60);
    vi.stubGlobal("fetch", async () => {
      tubes.setBox(model, tube(), 60, box(1, 2, 30, 40));
      return lines(found([20, 0], [60, 20], [90, 30]));
    });
    await track(model, tube(), "both");
    expect(frames()).toEqual([20, 60, 119]);
  });
});

describe("whose a keyframe is", () => {
  it("knows a run's, the person's, and what was carried", () => {
    const [first] = tube().keyframes;
    expect(isPersons(tube(), first!, new Map())).toBe(false);
    tubes.setBox(model, tube(), 20, box(9, 9, 29, 49));
    const moved = tube().keyframes[0]!;
    expect(isPersons(tube(), moved, new Map())).toBe(true);
    expect(isPersons(tube(), moved, new Map([[20, "9 9 29 49"]]))).toBe(false);
    expect(isPersons(tube(), { ...first!, occluded: true }, new Map())).toBe(true);
    expect(roomAbout(tube(), 60, new Map())).toEqual({ first: 21, last: null });
  });

  it("fills nothing where there is no room", () => {
    expect(fill(tube(), 60, [], new Map())).toEqual([]);
  });
});

it("says where it stopped, why, and where to go on", () => {
  const lost = { frame: 214, reason: "lost" } as const;
  const end = { frame: 0, reason: "end" } as const;
  expect(said({ keyframes: [], forward: lost, back: end }, 100)).toEqual({
    text: "Stopped at frame 214: lost it. Back, stopped at frame 0: the video begins there.",
    frame: 214,
    isSure: false,
  });
  expect(said({ keyframes: [], forward: end, back: { ...lost, frame: 100 } }, 100)).toMatchObject({
    text: "Stopped at frame 0: the video ends there. Carried no frame back: lost it.",
    frame: 100,
  });
});
