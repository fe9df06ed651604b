import { expect, it } from "vitest";

import { bindingFor, keyName } from "./keyboard";
import { BINDINGS } from "./keymap";

it("binds no key twice in one way of working", () => {
  for (const mode of ["edit", "review"]) {
    const keys = BINDINGS.filter((b) => !b.mode || b.mode === mode).flatMap((b) => b.keys);
    expect(keys.filter((key, index) => keys.indexOf(key) !== index)).toEqual([]);
  }
});

it("leaves digits to the labels", () => {
  expect(BINDINGS.flatMap((b) => b.keys).filter((key) => /Digit|Numpad\d/.test(key))).toEqual([]);
});

it("keeps the keys that people bring from other tools", () => {
  const id = (key: string) => bindingFor(key, "edit")?.id;
  expect(["KeyF", "KeyD", "KeyV", "KeyC", "Space"].map(id)).toEqual([
    "next",
    "previous",
    "next10",
    "previous10",
    "play",
  ]);
  expect(["KeyK", "KeyE", "KeyR", "KeyN", "KeyO", "KeyQ", "KeyM", "Alt+KeyM"].map(id)).toEqual([
    "keyframe",
    "previous-keyframe",
    "next-keyframe",
    "draw",
    "outside",
    "occluded",
    "merge",
    "split",
  ]);
  expect(["Ctrl+KeyZ", "Ctrl+Shift+KeyZ", "Ctrl+KeyY", "Ctrl+KeyS", "F1"].map(id)).toEqual([
    "undo",
    "redo",
    "redo",
    "save",
    "keys",
  ]);
});

it("names keys by their place, with modifiers in one order", () => {
  const event = new KeyboardEvent("keydown", { code: "KeyZ", metaKey: true, shiftKey: true });
  expect(keyName(event)).toBe("Ctrl+Shift+KeyZ");
});
