/** For tests: figures of which nothing has been measured. */
import type { GuardFigures } from "../../api/types";

const nothing = { n: 0, hits: 0, rate: null, low: null, high: null };

export const nobody: GuardFigures = {
  planted: { ...nothing, shown: 0, caught: 0, missed: 0 },
  shown: 0,
  accepts: 0,
  untouched: 0,
  fast_untouched: nothing,
  random: nothing,
  chosen: nothing,
  blind: { ...nothing, anchoring: { rate: null, low: null, high: null } },
  second_looks: nothing,
  notes: [],
};
