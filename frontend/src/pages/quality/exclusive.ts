/** Which actions exclude each other, as a project's settings say. */

import type { Label } from "../../api/types";

const POSES = "PERSON_MOVEMENT";
// AVA's actions 1 to 14, where a label names no group.
const LAST_POSE = 14;

/** AVA's poses, of which everybody has one at a time; the server knows them by itself. */
export function poses(labels: Label[]): string[] {
  return labels
    .filter(({ kind, ava_group: group, ava_id: id }) => {
      if (kind !== "action") return false;
      return group === POSES || (!group && id !== null && id <= LAST_POSE);
    })
    .map(({ name }) => name);
}

/** The project's own groups; anything but lists of names is passed over, as the server does. */
export function readGroups(settings: Record<string, unknown>): string[][] {
  const groups = settings["exclusive_actions"];
  if (!Array.isArray(groups)) return [];
  return groups
    .filter((group): group is unknown[] => Array.isArray(group))
    .map((group) => group.filter((name): name is string => typeof name === "string"));
}

/** Groups worth keeping: one name excludes nothing. */
export const kept = (groups: string[][]): string[][] => groups.filter((group) => group.length > 1);
