import { beforeEach, describe, expect, it } from "vitest";

import type { QueueItem } from "../api/types";
import { spansOf } from "../domain/annotations";
import { acceptTube } from "../editor/actions/review";
import { addSpan, onlyThis, toggleWhole } from "../editor/actions/spans";
import type { EditorModel } from "../editor/model";
import { testModel } from "../editor/testModel";
import { sceneAt } from "../canvas/scene";
import { concealed } from "./concealed";
import { scoresOf } from "./reviewKeys";

let model: EditorModel;

beforeEach(async () => {
  localStorage.clear();
  sessionStorage.clear();
  ({ model } = await testModel());
  model.ui.set({ mode: "review" });
});

const asked = (values: Partial<QueueItem>): QueueItem =>
  ({ id: "q", kind: "tube", tube_id: "t", slice: "random", blind: true, ...values }) as QueueItem;

const label = (id: number) => model.labels.get(id)!;
const tube = () => model.annotations.tubes.get("t")!;
const kept = () =>
  spansOf(model.annotations, "t")
    .map((s) => [label(s.label_id).name, s.start_frame, s.end_frame, s.state])
    .sort();

describe("a blind viewing", () => {
  beforeEach(() => model.ui.set({ item: asked({}) }));

  it("shows the box, and none of the model's actions anywhere", () => {
    expect(spansOf(model.shown, "t")).toEqual([]);
    expect(model.shown.tubes.get("t")).toBe(tube());
    expect(sceneAt(model, 30)[0]!.caption).not.toContain("walk");
    expect(scoresOf(model, tube()).size).toBe(0);
  });

  it("shows what the person says", () => {
    toggleWhole(model, label(2), "t");
    expect(spansOf(model.shown, "t").map((s) => s.state)).toEqual(["manual"]);
    toggleWhole(model, label(2), "t");
    expect(spansOf(model.shown, "t")).toEqual([]);
    expect(kept()).toEqual([["walk", 20, 120, "proposed"]]);
    onlyThis(model, label(3), "t");
    expect(spansOf(model.shown, "t").map((s) => s.label_id)).toEqual([3]);
  });

  it("accepts what is the very same, instead of saying it twice", () => {
    toggleWhole(model, label(2), "t");
    acceptTube(model, tube());
    expect(kept()).toEqual([["walk", 20, 120, "accepted"]]);
  });

  it("keeps the person's own times, and rejects the proposal with others", () => {
    addSpan(model, 2, "t", { start_frame: 20, end_frame: 80 });
    acceptTube(model, tube());
    expect(kept()).toEqual([
      ["walk", 20, 120, "rejected"],
      ["walk", 20, 80, "manual"],
    ]);
    expect(tube().state).toBe("accepted");
  });

  it("rejects what the person did not see there, in one step that can be undone", () => {
    toggleWhole(model, label(3), "t");
    acceptTube(model, tube());
    expect(kept()).toEqual([
      ["run", 20, 120, "manual"],
      ["walk", 20, 120, "rejected"],
    ]);
    model.undo();
    expect(kept()).toEqual([
      ["run", 20, 120, "manual"],
      ["walk", 20, 120, "proposed"],
    ]);
  });

  it("stays hidden before and after its turn", () => {
    model.ui.set({ item: asked({ tube_id: "another", blind: false }), blindTubes: new Set(["t"]) });
    expect(spansOf(model.shown, "t")).toEqual([]);
    acceptTube(model, tube());
    expect(kept()).toEqual([["walk", 20, 120, "rejected"]]);
  });

  it("is over with the next item", () => {
    model.ui.set({ item: asked({ tube_id: "another", blind: false }) });
    expect(model.shown).toBe(model.annotations);
  });
});

describe("a second look", () => {
  beforeEach(() => {
    acceptTube(model, tube());
    model.ui.set({ item: asked({ slice: "second" }) });
  });

  it("hides all that was said of the tube, that it was accepted too", () => {
    expect(spansOf(model.shown, "t")).toEqual([]);
    expect(model.shown.tubes.get("t")!.state).toBe("proposed");
    expect(tube().state).toBe("accepted");
  });

  it("changes no annotation", () => {
    const before = model.annotations;
    toggleWhole(model, label(3), "t");
    expect(model.annotations).toBe(before);
  });
});

it("hides a tube's actions until the queue has said how it is to be shown", () => {
  model.ui.set({ isRecognizing: true });
  expect(spansOf(model.shown, "t")).toEqual([]);
  model.ui.set({ isRecognizing: false });
  expect(model.shown).toBe(model.annotations);
});

it("leaves annotations alone where the tube is not there", () => {
  const hidden = { proposals: new Set(["y"]), everything: "x" };
  expect(concealed(model.annotations, hidden)).toBe(model.annotations);
});
