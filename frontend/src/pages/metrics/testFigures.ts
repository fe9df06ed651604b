/** A class with the figures that a test is about; the rest was not measured. */

import type { ClassFigures } from "../../api/types";

export const figuresFor = (label: string, known: Partial<ClassFigures> = {}): ClassFigures => ({
  label,
  ap: null,
  precision: null,
  recall: null,
  f1: null,
  support: 0,
  ...known,
});
