/** The queue in words. */

import type { Queue, QueueItem, QueueKind, QueueSlice, Question } from "../../api/types";
import type { QueueFilters } from "./filters";

export const KIND_WORDS: Record<QueueKind, string> = {
  tube: "Tubes",
  segment: "Segments",
  stretch: "Stretches",
};

export const SLICE_WORDS: Record<QueueSlice, string> = {
  chosen: "Most telling",
  random: "Random check",
  discovery: "Never seen actions",
  planted: "Planted",
  second: "Second look",
  schema: "Labels changed",
};

export const QUESTION_WORDS: Record<Question["kind"], string> = {
  person: "Is this a person?",
  tube: "Is the box on them all the way?",
  actions: "Which actions, from when to when?",
  boundary: "Are its start and end right?",
  missing: "Is anybody or anything missing here?",
};

/** The questions in a word, for a list. */
export const QUESTION_NAMES: Record<Question["kind"], string> = {
  person: "Person?",
  tube: "Box",
  actions: "Actions",
  boundary: "Start and end",
  missing: "Missing?",
};

/** What is looked at: "Person 3", "Segment", "Stretch". */
export function subjectOf(item: QueueItem): string {
  if (item.kind === "tube") return `Person ${item.tube_number ?? "?"}`;
  return item.kind === "segment" ? "Segment" : "Stretch";
}

/** Why nothing comes for this person although items are open; null where that is not so. */
export function waitingText(queue: Pick<Queue, "open" | "waiting">): string | null {
  const { held, unsure, second } = queue.waiting;
  const parts = [
    held > 0 && `${held} ${held === 1 ? "is" : "are"} being reviewed by others`,
    unsure > 0 && `${unsure} you were unsure of ${unsure === 1 ? "waits" : "wait"} for somebody else`,
    second > 0 &&
      `${second} second ${second === 1 ? "look" : "looks"} at your own answers ` +
        `${second === 1 ? "is" : "are"} for somebody else`,
  ].filter((part): part is string => part !== false);
  return parts.length > 0 ? `${parts.join("; ")}.` : null;
}

/** The filters as a person says them: "segments · random check · unsure". */
export function filterWords(
  filters: QueueFilters,
  labelName: (id: number) => string,
): string {
  return [
    filters.kind && KIND_WORDS[filters.kind].toLowerCase(),
    filters.slice && SLICE_WORDS[filters.slice].toLowerCase(),
    filters.video && "one video",
    filters.label !== undefined && labelName(filters.label),
    filters.mine && "mine",
    filters.unsure && "somebody was unsure",
  ]
    .filter(Boolean)
    .join(" · ");
}

/** "1–100 of 2,340". */
export function pageText(offset: number, shown: number, total: number): string {
  return `${(offset + 1).toLocaleString()}–${(offset + shown).toLocaleString()} of ${total.toLocaleString()}`;
}
