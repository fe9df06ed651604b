import { expect, it } from "vitest";

import type { Label } from "../domain/taxonomy";
import { matching } from "../panels/LabelFinder";
import { labelKeys } from "./labelKeys";

function label(id: number, name: string, hotkey = "", kind: Label["kind"] = "action"): Label {
  const rest = { color: "#ffffff", ava_id: null, ava_group: "", position: id, is_retired: false };
  return { id, kind, name, hotkey, ...rest };
}

it("gives labels their own digit, and free ones to the rest in order", () => {
  const labels = [
    label(1, "walk"),
    label(2, "run", "1"),
    label(3, "sit", "x"),
    label(4, "on", "1"),
  ];
  const keys = labelKeys(labels).map((key) => [key.label.name, key.text]);
  expect(new Map(keys as [string, string][])).toEqual(
    new Map([
      ["run", "1"],
      ["walk", "2"],
      ["sit", "3"],
      ["on", "4"],
    ]),
  );
});

it("counts actions and segments apart, and stops at ten", () => {
  const many = Array.from({ length: 14 }, (_, index) => label(index + 1, `a${index}`));
  const keys = labelKeys([...many, label(99, "crowd", "", "segment")]);
  expect(keys.filter((key) => key.label.kind === "action")).toHaveLength(10);
  expect(keys.find((key) => key.label.id === 99)!.text).toBe("1");
});

it("finds labels by a part of the name, beginnings first", () => {
  const labels = [label(1, "sit down"), label(2, "down hill"), label(3, "walk")];
  expect(matching(labels, "DOWN").map((found) => found.id)).toEqual([2, 1]);
});
