/** A round of the learning curve for tests. */

import type { LearningRound } from "../../api/types";

export const learningRound = (
  number: number,
  rest: Partial<LearningRound> = {},
): LearningRound => ({
  number,
  round_id: `round ${number}`,
  created_at: "2024-05-01T10:00:00Z",
  state: "done",
  decision: "promoted",
  in_use: false,
  labels: 20 * number,
  seconds: 300 * number,
  macro_f1: 0.5,
  macro_f1_low: null,
  macro_f1_high: null,
  map: null,
  ece: null,
  brier: null,
  hold_out: null,
  control: null,
  control_note: "",
  kappa: null,
  kappa_windows: 0,
  ...rest,
});
