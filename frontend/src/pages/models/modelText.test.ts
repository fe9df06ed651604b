import { expect, it } from "vitest";

import type { ModelItem } from "../../api/types";
import { advice, megabytes, usableFirst, work } from "./modelText";

const item = (changes: Partial<ModelItem>): ModelItem => ({
  name: "r3d_18", net: "r3d_18", use: "recognizer", title: "R3D-18", state: "absent", file: "",
  folder: "", megabytes: 0, classes: 0, licence: "", source: "", preprocessing: "", gflops: 0,
  parameters_m: 0, figures: "", needed_for: "", to_do: "manage.py models fetch r3d_18",
  can_fetch: true, failed: "", ...changes,
});

it("puts what can be used first and keeps the order otherwise", () => {
  const rows = [item({ name: "a" }), item({ name: "b", state: "built in" }), item({ name: "c" })];
  expect(usableFirst(rows).map(({ name }) => name)).toEqual(["b", "a", "c"]);
});

it.each([
  [item({ state: "here" }), true, ""],
  [item({}), true, ""],
  [item({}), false, "A manager of the project can fetch it."],
  [item({ failed: "No way out." }), true, "No way out."],
  [item({ can_fetch: false }), true, "No published file is known by name. Add a checkpoint of it."],
  [item({ can_fetch: false, to_do: "Put d2go.pt into /w" }), true, "Put d2go.pt into /w"],
])("says what to do about what is missing (%#)", (row, mayChange, expected) => {
  expect(advice(row, mayChange)).toBe(expected);
});

it("writes sizes as people read them", () => {
  expect([megabytes(0), megabytes(3.66), megabytes(127.4)]).toEqual(["–", "3.7 MB", "127 MB"]);
  expect([work(0), work(0.72), work(111.2)]).toEqual(["–", "0.7", "111"]);
});
