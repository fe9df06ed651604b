import { expect, test } from "vitest";

import type { Label, SchemaChange } from "../../api/types";
import { changeText, fellows, splitText, typedNames, useText } from "./schemaText";

const change = (operation: string, detail: Record<string, unknown>): SchemaChange => ({
  version: 2,
  operation: operation as SchemaChange["operation"],
  detail,
  revision: null,
  author: "olga",
  created_at: "2026-01-01T00:00:00Z",
});

const label = (id: number, rest: Partial<Label> = {}): Label => ({
  id,
  kind: "action",
  name: `label ${id}`,
  color: "#ffffff",
  hotkey: "",
  ava_id: null,
  ava_group: "",
  position: id,
  is_retired: false,
  ...rest,
});

test("every operation is a sentence with the labels' names", () => {
  const run = { id: 1, name: "run" };
  const jog = { id: 2, name: "jog" };
  expect(changeText(change("merge", { into: run, from: [jog] }))).toBe("“jog” merged into “run”");
  expect(changeText(change("split", { from: run, into: [jog, run] }))).toBe(
    "“run” split into “jog”, “run”",
  );
  expect(changeText(change("rename", { label: run, before: "dash" }))).toBe(
    "“dash” renamed to “run”",
  );
  expect(changeText(change("retire", { label: run }))).toBe("“run” retired");
  expect(changeText(change("retire", { label: run, deleted: true }))).toBe("“run” deleted, unused");
  expect(changeText(change("add", { labels: [run, jog] }))).toBe("“run”, “jog” added");
});

test("only live labels of the kind go together", () => {
  const all = [label(1), label(2, { kind: "segment" }), label(3, { is_retired: true }), label(4)];
  expect(fellows(all, all[0]!).map(({ id }) => id)).toEqual([4]);
});

test("names are typed in lines or with commas", () => {
  expect(typedNames(" hop, skip\n\nhop\njump ,")).toEqual(["hop", "skip", "jump"]);
});

test("what carries a label is counted", () => {
  expect(useText(undefined)).toBe("–");
  expect(useText({ confirmed: 3, proposed: 0 })).toBe("3");
  expect(useText({ confirmed: 0, proposed: 2 })).toBe("0 + 2 proposed");
});

test("only tubes come back to the queue, to be asked about their actions", () => {
  expect(splitText(label(1), 0)).toContain("Nothing is labeled");
  expect(splitText(label(1), 3)).toContain("come back to the queue");
  expect(splitText(label(1, { kind: "object" }), 3)).toContain("in the editor");
});
