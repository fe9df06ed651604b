/** The rows of the table of rounds: a round with its place on the learning curve. */

import type { Learning, LearningRound, Round } from "../../api/types";
import { measured } from "./roundText";

export interface RoundRow {
  round: Round;
  learning: LearningRound | null;
}

/** Newest first; the curve may lag behind or be missing altogether. */
export function roundRows(rounds: Round[], learning: Learning | undefined): RoundRow[] {
  const byId = new Map(learning?.rounds.map((each) => [each.round_id, each]));
  return [...rounds]
    .sort((a, b) => b.number - a.number)
    .map((round) => ({ round, learning: byId.get(round.id) ?? null }));
}

/** How much macro F1 rose against the model in use before, on the same hold-out. */
export function changeOf({ round }: RoundRow): number | null {
  const { candidate, champion } = measured(round);
  return candidate && champion ? candidate.macro.f1 - champion.macro.f1 : null;
}

export const macroF1 = ({ round, learning }: RoundRow): number | null =>
  learning?.macro_f1 ?? measured(round).candidate?.macro.f1 ?? null;

/** What people had done until then; null where it was not counted, or no snapshot is taken yet. */
const counted = ({ effort }: Round): Round["effort"] | null =>
  effort.revision === null ? null : effort;

export const labelsOf = ({ round, learning }: RoundRow): number | null =>
  learning?.labels ?? counted(round)?.labels ?? null;

export const secondsOf = ({ round, learning }: RoundRow): number | null =>
  learning?.seconds ?? counted(round)?.seconds ?? null;

export const isInUse = ({ round, learning }: RoundRow): boolean =>
  learning?.in_use ?? round.model?.status === "champion";
