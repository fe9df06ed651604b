import { describe, expect, it } from "vitest";

import type { Label } from "../../api/types";
import { kept, poses, readGroups } from "./exclusive";

const label = (name: string, rest: Partial<Label>): Label => ({
  id: 1,
  kind: "action",
  name,
  color: "#ffffff",
  hotkey: "",
  ava_id: null,
  ava_group: "",
  position: 0,
  is_retired: false,
  ...rest,
});

describe("labels that exclude each other", () => {
  it("has AVA's poses by group or by number", () => {
    const labels = [
      label("walk", { ava_id: 14 }),
      label("sit", { ava_id: 11, ava_group: "PERSON_MOVEMENT" }),
      label("lie", { ava_group: "PERSON_MOVEMENT" }),
      label("talk", { ava_id: 79 }),
      label("hold", { ava_id: 5, ava_group: "OBJECT_MANIPULATION" }),
      label("hop", {}),
      label("person", { kind: "object", ava_id: 1 }),
    ];
    expect(poses(labels)).toEqual(["walk", "sit", "lie"]);
  });

  it.each([{}, { exclusive_actions: "walk" }, { exclusive_actions: null }])(
    "has none where the settings make no sense: %j",
    (settings) => expect(readGroups(settings)).toEqual([]),
  );

  it("reads groups and passes over what is no name", () => {
    expect(readGroups({ exclusive_actions: [["a", 3, "b"], "c"] })).toEqual([["a", "b"]]);
  });

  it("keeps no group of one", () => {
    expect(kept([["a", "b"], ["c"], []])).toEqual([["a", "b"]]);
  });
});
