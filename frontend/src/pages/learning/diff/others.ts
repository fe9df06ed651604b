/** Which rounds a round can be compared with. */

import type { Round } from "../../../api/types";

/** Other rounds that made a model, newest first. */
export const comparable = (rounds: Round[], round: Round): Round[] =>
  rounds
    .filter(({ id, model }) => id !== round.id && model !== null)
    .sort((a, b) => b.number - a.number);

/** The one asked for, else the one whose model it was measured against, else the one before. */
export function otherOf(others: Round[], round: Round, asked: string | null): Round | undefined {
  const parent = round.parent?.id;
  return (
    others.find(({ id }) => id === asked) ??
    (parent ? others.find(({ model }) => model?.id === parent) : undefined) ??
    others.find(({ number }) => number < round.number) ??
    others[0]
  );
}
