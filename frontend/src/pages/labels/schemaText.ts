import type { Label, SchemaChange } from "../../api/types";
import { count, plural } from "../format";

/** What operations there are beside adding and renaming, which are made where a label is edited. */
export type SchemaOperation = "merge" | "split" | "retire" | "restore";

interface Named {
  name: string;
}

const named = (value: unknown): string =>
  typeof value === "object" && value !== null && "name" in value
    ? `“${String((value as Named).name)}”`
    : "a label";

const namesOf = (value: unknown): string =>
  Array.isArray(value) ? value.map(named).join(", ") : named(value);

/** A change of the schema in one sentence. */
export function changeText({ operation, detail }: SchemaChange): string {
  switch (operation) {
    case "merge":
      return `${namesOf(detail["from"])} merged into ${named(detail["into"])}`;
    case "split":
      return `${named(detail["from"])} split into ${namesOf(detail["into"])}`;
    case "rename":
      return `“${String(detail["before"])}” renamed to ${named(detail["label"])}`;
    case "restore":
      return `${named(detail["label"])} asked about again`;
    case "retire":
      return `${named(detail["label"])} ${detail["deleted"] ? "deleted, unused" : "retired"}`;
    default:
      return `${namesOf(detail["labels"] ?? detail["label"])} added`;
  }
}

/** What carries a label, in words. */
export function useText(use: { confirmed: number; proposed: number } | undefined): string {
  if (!use || use.confirmed + use.proposed === 0) return "–";
  const open = use.proposed > 0 ? ` + ${count(use.proposed)} proposed` : "";
  return `${count(use.confirmed)}${open}`;
}

/** The labels that may be merged into, or take the place of, this one. */
export const fellows = (labels: readonly Label[], label: Label): Label[] =>
  labels.filter(({ id, kind, is_retired }) => kind === label.kind && !is_retired && id !== label.id);

/** The names a person typed, one a line or between commas, without repeats. */
export const typedNames = (text: string): string[] => [
  ...new Set(
    text
      .split(/[\n,]/)
      .map((name) => name.trim())
      .filter(Boolean),
  ),
];

/** What a split would do, said before it is done. */
export function splitText(label: Label, confirmed: number): string {
  if (confirmed === 0) return `Nothing is labeled “${label.name}” yet; its parts take its place.`;
  const labels = `${plural(confirmed, "label")} “${label.name}”`;
  const stay = `${labels} stay until somebody says which part each is`;
  const where =
    label.kind === "action"
      ? "their tubes come back to the queue"
      : "in the editor; the queue does not ask about them";
  const absent = "Where it was looked for and not found, its parts are not there either.";
  return `${stay}: ${where}. ${absent}`;
}
