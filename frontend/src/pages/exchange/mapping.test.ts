import { describe, expect, it } from "vitest";

import type { ImportLabel, Label } from "../../api/types";
import {
  byUrgency,
  candidates,
  differs,
  fateOf,
  fromValue,
  toMapping,
  toValue,
  undecided,
} from "./mapping";

function label(name: string, action: ImportLabel["action"], more: Partial<ImportLabel> = {}) {
  return {
    name,
    kind: "action",
    count: 1,
    action,
    label_id: null,
    label: null,
    suggestions: [],
    ...more,
  };
}

const LABELS: ImportLabel[] = [
  label("walk", "match", { label: "walk", label_id: 1, count: 5 }),
  label("14", "match", { label: "stand", label_id: 2, count: 9 }),
  label("hop", "create"),
  label("walking", "unknown", { suggestions: ["walk"] }),
  label("blur", "leave out"),
];

describe("label mapping", () => {
  it("starts from what the report decided", () => {
    expect(LABELS.map((each) => toValue(fateOf(each, {})))).toEqual([
      "label:walk",
      "label:stand",
      "new",
      "undecided",
      "nothing",
    ]);
    expect(undecided(LABELS, {}).map(({ name }) => name)).toEqual(["walking"]);
    expect(differs(LABELS, {})).toBe(false);
  });

  it("sends everything decided, and leaves the rest to the server", () => {
    expect(toMapping(LABELS, {})).toEqual({ walk: "walk", 14: "stand", hop: "hop", blur: "" });
    const choices = { walking: fromValue("label:walk"), hop: fromValue("nothing") };
    expect(toMapping(LABELS, choices)).toEqual({
      walk: "walk",
      14: "stand",
      hop: "",
      walking: "walk",
      blur: "",
    });
    expect(differs(LABELS, choices)).toBe(true);
    expect(undecided(LABELS, choices)).toEqual([]);
  });

  it("takes choosing the same again for no change", () => {
    expect(differs(LABELS, { walk: fromValue("label:walk") })).toBe(false);
  });

  it("tells a label called “new” from making one", () => {
    expect(fromValue(toValue({ to: "label", name: "new" }))).toEqual({ to: "label", name: "new" });
    expect(fromValue("new")).toEqual({ to: "new" });
  });

  it("offers labels of the same kind, resemblances first", () => {
    const project = ["stand", "walk", "run"].map((name) => ({ name, kind: "action" }) as Label);
    project.push({ name: "person", kind: "object" } as Label);
    expect(candidates(LABELS[3]!, project)).toEqual({
      suggested: ["walk"],
      others: ["run", "stand"],
    });
  });

  it("lists what needs a decision first", () => {
    expect(byUrgency(LABELS).map(({ name }) => name)).toEqual([
      "walking",
      "hop",
      "blur",
      "14",
      "walk",
    ]);
  });
});
