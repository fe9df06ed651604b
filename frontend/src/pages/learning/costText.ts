import type { QueueCost } from "../../api/types";
import { count, plural } from "../format";

export const QUESTION_TEXT: Record<QueueCost["by_kind"][number]["kind"], string> = {
  person: "Is this a person?",
  tube: "Does the box follow the person?",
  actions: "Which actions, from when to when?",
  boundary: "Are start and end right?",
  missing: "Is anything missing?",
};

/** Whether the queue's order goes by seconds yet. */
export function costText({ n_timed, needed, ranked_by }: QueueCost): string {
  if (n_timed === 0) return "No answer from the queue was timed yet.";
  const timed = `${plural(n_timed, "answer")} timed, pauses cut off.`;
  if (n_timed < needed) {
    return `${timed} From ${count(needed)} on, the order goes by what a second tells.`;
  }
  return ranked_by === "score"
    ? `${timed} Of too few of them the length is known: the order goes by score.`
    : `${timed} The order goes by what a second tells.`;
}
