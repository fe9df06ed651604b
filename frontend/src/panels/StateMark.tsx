import type { State } from "../domain/state";

const WORDS: Record<State, string> = {
  proposed: "Proposed by a model",
  accepted: "Accepted as proposed",
  corrected: "Corrected",
  rejected: "Rejected",
  manual: "Drawn by a person",
};

/** A dot whose shape says the state: hollow while only a model says so, crossed when rejected. */
export function StateMark({ state, color }: { state: State; color?: string }) {
  const isSure = state !== "proposed" && state !== "rejected";
  return (
    <span
      className={`mark mark-${state}`}
      title={WORDS[state]}
      style={isSure && color ? { background: color, borderColor: color } : undefined}
    />
  );
}

export function stateWords(state: State): string {
  return WORDS[state];
}
