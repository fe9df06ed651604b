import { expect, it } from "vitest";

import { EMPTY, type Annotations } from "../domain/annotations";
import { box } from "../domain/box";
import { apply, type Operation } from "../domain/operations";
import { UndoStack } from "./undo";

const keyframe = (frame: number, x: number) => ({
  frame,
  box: box(x, 0, x + 9, 9),
  occluded: false,
  outside: false,
});
const add: Operation = {
  op: "tube_add",
  tube: { id: "t", label_id: 1, keyframes: [keyframe(0, 0)] },
};
const nudge = (x: number): Operation => ({ op: "keyframe_set", tube_id: "t", ...keyframe(0, x) });

function doing(stack: UndoStack, annotations: Annotations, operation: Operation, timeMs = 0) {
  const done = apply(annotations, [operation]);
  const group = operation.op === "keyframe_set" ? "nudge" : null;
  stack.record({ title: operation.op, changes: done.changes, group, timeMs });
  return done.annotations;
}

it("takes edits back and does them again, as far as one likes", () => {
  const stack = new UndoStack();
  let state = doing(stack, EMPTY, add);
  for (let x = 1; x <= 100; x++) state = doing(stack, state, nudge(x), x * 5000);
  const end = state;
  while (stack.canUndo) state = apply(state, [stack.undo(state)!.operation!]).annotations;
  expect(state.tubes.size).toBe(0);
  while (stack.canRedo) state = apply(state, [stack.redo(state)!.operation!]).annotations;
  expect([...state.tubes.values()]).toEqual([...end.tubes.values()]);
});

it("takes a row of quick nudges back in one step", () => {
  const stack = new UndoStack();
  let state = doing(stack, EMPTY, add);
  for (let x = 1; x <= 4; x++) state = doing(stack, state, nudge(x), 10_000 + x * 100);
  state = apply(state, [stack.undo(state)!.operation!]).annotations;
  expect(state.tubes.get("t")!.keyframes[0]!.box[0]).toBe(0);
});

it("refuses to wipe out what somebody else did since, and keeps the server's number", () => {
  const stack = new UndoStack();
  const state = doing(stack, doing(stack, EMPTY, add), nudge(5));
  const saved = { ...state.tubes.get("t")!, number: 12, revision: 3 };
  const known = { ...state, tubes: new Map([["t", saved]]) };
  expect(stack.undo(known)!.operation!.tubes[0]!.number).toBe(12);
  const theirs = { ...saved, keyframes: [keyframe(0, 77)] };
  expect(stack.undo({ ...state, tubes: new Map([["t", theirs]]) })!.operation).toBeNull();
});
