import { InvalidOperation } from "./errors";

/** Where a tube or span stands between a model's proposal and a person's word. */
export type State = "proposed" | "accepted" | "corrected" | "rejected" | "manual";

export type Decision = "accepted" | "rejected" | "proposed";

/** Does a person stand behind it? */
export function isConfirmed(state: State): boolean {
  return state === "accepted" || state === "corrected" || state === "manual";
}

/** A person changed the content: a proposal becomes corrected, own work stays manual. */
export function afterEdit(state: State): State {
  return state === "manual" ? "manual" : "corrected";
}

/** State after a person accepted, rejected or took back a decision. */
export function afterDecision(state: State, decision: Decision, fromRun: boolean): State {
  switch (decision) {
    case "accepted":
      return state === "proposed" || state === "rejected" ? "accepted" : state;
    case "rejected":
      if (state === "manual") {
        throw new InvalidOperation("What a person drew is removed, not rejected.");
      }
      return "rejected";
    case "proposed":
      if (!fromRun) {
        throw new InvalidOperation("Only what a model proposed can go back to proposed.");
      }
      return "proposed";
    default:
      throw new InvalidOperation(
        `A decision is 'accepted', 'rejected' or 'proposed', got '${String(decision)}'.`,
      );
  }
}
