/** Which label of the project a label of the file goes to, as a person chooses it. */

import type { ImportLabel, Label } from "../../api/types";

/** What becomes of a label of the file; an undecided one keeps the file from being imported. */
export type Fate = { to: "label"; name: string } | { to: "new" | "nothing" | "undecided" };

/** What was chosen since the report was made, by the file's name of the label. */
export type Choices = Record<string, Fate>;

/** As the server wants it: the project's label, or "" to leave it out. */
export type Mapping = Record<string, string>;

export const fateOf = (label: ImportLabel, choices: Choices): Fate =>
  choices[label.name] ?? reportedFate(label);

function reportedFate(label: ImportLabel): Fate {
  switch (label.action) {
    case "match":
      return { to: "label", name: label.label ?? label.name };
    case "create":
      return { to: "new" };
    case "leave out":
      return { to: "nothing" };
    case "unknown":
      return { to: "undecided" };
  }
}

/** Everything that is decided, in the report or since; the server decides on the rest. */
export function toMapping(labels: ImportLabel[], choices: Choices): Mapping {
  const mapping: Mapping = {};
  for (const label of labels) {
    const fate = fateOf(label, choices);
    if (fate.to === "nothing") mapping[label.name] = "";
    if (fate.to === "label") mapping[label.name] = fate.name;
    if (fate.to === "new") mapping[label.name] = label.name;
  }
  return mapping;
}

/** True where the choices say something else than the report was made with. */
export const differs = (labels: ImportLabel[], choices: Choices): boolean =>
  labels.some((label) => toValue(fateOf(label, choices)) !== toValue(reportedFate(label)));

export const undecided = (labels: ImportLabel[], choices: Choices): ImportLabel[] =>
  labels.filter((label) => fateOf(label, choices).to === "undecided");

// Values of the select: a label's name could be any text, so the others are kept apart from it.
const LABEL = "label:";

export const toValue = (fate: Fate): string => (fate.to === "label" ? LABEL + fate.name : fate.to);

export function fromValue(value: string): Fate {
  if (value.startsWith(LABEL)) return { to: "label", name: value.slice(LABEL.length) };
  return { to: value === "new" || value === "nothing" ? value : "undecided" };
}

export interface Candidates {
  suggested: string[];
  others: string[];
}

/** The project's labels of the same kind: what it resembles first, the rest by name. */
export function candidates(label: ImportLabel, labels: Label[]): Candidates {
  const names = labels.filter(({ kind }) => kind === label.kind).map(({ name }) => name);
  const first = label.suggestions.filter((name) => names.includes(name));
  const others = names.filter((name) => !first.includes(name));
  return { suggested: first, others: others.sort((a, b) => a.localeCompare(b)) };
}

const URGENCY = { unknown: 0, create: 1, "leave out": 2, match: 3 };

/** What needs a decision first, then what will be made, then the rest by how often it occurs. */
export const byUrgency = (labels: ImportLabel[]): ImportLabel[] =>
  [...labels].sort((a, b) => URGENCY[a.action] - URGENCY[b.action] || b.count - a.count);
