import { beforeEach, describe, expect, it } from "vitest";

import { spansOf } from "../../domain/annotations";
import { box } from "../../domain/box";
import type { Label } from "../../domain/taxonomy";
import { boxAt } from "../../domain/tube";
import { reviewKeys } from "../../review/reviewKeys";
import type { EditorModel } from "../model";
import { testModel } from "../testModel";
import { acceptTube, coverVideo, isCovered, isOpen, isVideoCovered, rejectTube } from "./review";
import { addSpan, onlyThis, setSpan, toggleHere, toggleMarking, toggleWhole } from "./spans";
import * as tubes from "./tubes";

let model: EditorModel;

beforeEach(async () => {
  localStorage.clear();
  ({ model } = await testModel());
});

const tube = () => model.annotations.tubes.get("t")!;
const label = (id: number) => model.labels.get(id)!;
const shown = (owner: string | null = "t") =>
  spansOf(model.annotations, owner).map((s) => [
    label(s.label_id).name,
    s.start_frame,
    s.end_frame,
    s.state,
  ]);
const atFrame = (frame: number) => {
  model.player.seek(frame);
  model.player.head.set({ frame });
};

describe("boxes", () => {
  it("sets a keyframe by moving a box, and none by choosing a tube", () => {
    model.select("t");
    expect(tube().keyframes).toHaveLength(2);
    tubes.setBox(model, tube(), 60, box(5, 5, 25.123456, 45));
    expect(tube().keyframes.map((k) => k.frame)).toEqual([20, 60, 119]);
    expect(boxAt(tube(), 60)![2]).toBe(25.12);
    expect(tube().state).toBe("corrected");
  });

  it("makes the tube longer where its box is grabbed beyond its end", () => {
    const { box: ghost, isGhost } = tubes.grabBox(tube(), 150)!;
    expect(isGhost).toBe(true);
    tubes.setBox(model, tube(), 150, ghost);
    expect(boxAt(tube(), 135)).toEqual(ghost);
  });

  it("ends here, splits with its spans, and merges back", () => {
    atFrame(70);
    tubes.splitHere(model);
    expect(model.annotations.tubes.size).toBe(2);
    const right = model.selectedTube!;
    expect(shown(right.id)).toEqual([["walk", 70, 120, "proposed"]]);
    model.select("t");
    model.ui.set({ tool: "merge" });
    tubes.pickTube(model, right.id);
    expect(model.annotations.tubes.size).toBe(1);
    expect(shown()).toHaveLength(2);
    atFrame(99);
    tubes.endHere(model);
    expect(tube().keyframes.at(-1)!.frame).toBe(99);
    for (let step = 0; step < 3; step++) model.undo();
    expect(tube().keyframes.map((k) => k.frame)).toEqual([20, 119]);
    expect(shown()).toEqual([["walk", 20, 120, "proposed"]]);
  });

  it("keeps the way in and out of the picture", () => {
    atFrame(50);
    tubes.toggleFlag(model, "outside");
    expect(boxAt(tube(), 60)).toBeNull();
    atFrame(80);
    tubes.toggleKeyframe(model);
    expect(boxAt(tube(), 90)).not.toBeNull();
  });
});

describe("actions", () => {
  it("go on and off from the frame shown", () => {
    atFrame(40);
    toggleHere(model, label(3));
    expect(shown()).toContainEqual(["run", 40, 120, "manual"]);
    atFrame(60);
    toggleHere(model, label(3));
    expect(shown()).toContainEqual(["run", 40, 60, "manual"]);
    toggleHere(model, label(3));
    expect(shown()).toContainEqual(["run", 40, 120, "manual"]);
    atFrame(40);
    toggleHere(model, label(3));
    expect(shown()).toEqual([["walk", 20, 120, "proposed"]]);
  });

  it("are marked between two presses, cut to the tube", () => {
    atFrame(100);
    toggleMarking(model, label(3));
    expect(model.ui.get().marking).not.toBeNull();
    atFrame(150);
    toggleMarking(model, label(3));
    expect(shown()).toContainEqual(["run", 100, 120, "manual"]);
    expect(model.ui.get().marking).toBeNull();
  });

  it("can overlap, any number at once, and lie on the video too", () => {
    addSpan(model, 3, "t", { start_frame: 30, end_frame: 60 });
    addSpan(model, 3, "t", { start_frame: 40, end_frame: 90 });
    model.select(null);
    atFrame(10);
    toggleHere(model, label(4));
    expect(shown()).toHaveLength(3);
    expect(shown(null)).toEqual([["crowd", 10, 200, "manual"]]);
  });

  it("change one edge and leave the other unsaid", () => {
    const span = model.annotations.spans.get("s")!;
    setSpan(model, span, { start_frame: 0, end_frame: 90 });
    expect(shown()).toEqual([["walk", 20, 90, "corrected"]]);
  });

  it("are relabeled by one key and keep their times", () => {
    onlyThis(model, label(3), "t");
    expect(shown()).toEqual([["run", 20, 120, "corrected"]]);
  });

  it("are rejected when a model proposed them, and come back by the same key", () => {
    toggleWhole(model, label(2), "t");
    expect(shown()).toEqual([["walk", 20, 120, "rejected"]]);
    toggleWhole(model, label(2), "t");
    expect(shown()).toEqual([["walk", 20, 120, "accepted"]]);
  });
});

describe("keys in review", () => {
  it("stay the same while there are enough for all labels", () => {
    expect(reviewKeys(model, tube()).map((key) => [key.text, key.label.name])).toEqual([
      ["1", "walk"],
      ["2", "run"],
      ["1", "crowd"],
    ]);
  });

  it("go to the best guesses in a large schema", () => {
    const many = Array.from({ length: 20 }, (_, index) => ({ ...label(3), id: 100 + index }));
    model.project.labels.unshift(...many);
    for (const one of many) (model.labels as Map<number, Label>).set(one.id, one);
    expect(reviewKeys(model, tube())[0]).toMatchObject({ text: "1", label: { name: "walk" } });
    expect(reviewKeys(model, tube()).filter((k) => k.label.kind === "action")).toHaveLength(10);
  });
});

describe("decisions", () => {
  it("accept the tube, what is proposed on it, and say that all was looked at", () => {
    expect(isOpen(model.annotations, tube())).toBe(true);
    acceptTube(model, tube());
    expect(tube().state).toBe("accepted");
    expect(shown()).toEqual([["walk", 20, 120, "accepted"]]);
    expect(isCovered(model, model.annotations, tube())).toBe(true);
    expect([...model.annotations.coverage.values()][0]).toMatchObject({
      start_frame: 20,
      end_frame: 120,
      label_ids: [2, 3],
    });
    expect(isOpen(model.annotations, tube())).toBe(false);
  });

  it("cover again what grew since, without covering twice", () => {
    acceptTube(model, tube());
    tubes.setBox(model, tube(), 150, box(0, 0, 9, 9));
    expect(isCovered(model, model.annotations, tube())).toBe(false);
    acceptTube(model, tube());
    expect(model.annotations.coverage.size).toBe(1);
  });

  it("reject and undo in one step each", () => {
    rejectTube(model, tube());
    expect(tube().state).toBe("rejected");
    model.undo();
    expect(tube().state).toBe("proposed");
  });

  it("leaves what was reviewed before a label was added as not asked", () => {
    coverVideo(model, { start_frame: 0, end_frame: 100 });
    const added = { ...label(3), id: 99, name: "fall" };
    model.project.labels.push(added);
    (model.labels as Map<number, Label>).set(99, added);
    coverVideo(model, { start_frame: 150, end_frame: 200 });
    const about = [...model.annotations.coverage.values()].filter((c) => c.label_ids.includes(99));
    expect(about.map((c) => [c.start_frame, c.end_frame])).toEqual([[150, 200]]);
    expect(model.annotations.coverage.size).toBe(2);
    coverVideo(model, { start_frame: 0, end_frame: 200 });
    expect(isVideoCovered(model, model.annotations)).toBe(true);
  });

  it("join what is reviewed of the video", () => {
    coverVideo(model, { start_frame: 0, end_frame: 100 });
    coverVideo(model, { start_frame: 90, end_frame: 150 });
    expect(model.annotations.coverage.size).toBe(1);
    expect(isVideoCovered(model, model.annotations)).toBe(false);
    coverVideo(model, { start_frame: 150, end_frame: 200 });
    expect(isVideoCovered(model, model.annotations)).toBe(true);
  });
});
