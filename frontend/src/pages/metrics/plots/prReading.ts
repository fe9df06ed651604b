/** Reading precision–recall curves at one recall, and choosing which ones to draw. */

import type { ClassFigures, PrCurve } from "../../../api/types";

/**
 * The best precision that a model has at this recall or beyond it, as average precision counts it;
 * null past the last recall that it reaches.
 */
export function precisionAt({ recall, precision }: PrCurve, at: number): number | null {
  let best: number | null = null;
  recall.forEach((r, i) => {
    const p = precision[i];
    if (r >= at - 1e-9 && p !== undefined) best = Math.max(best ?? 0, p);
  });
  return best;
}

/** The most telling ones to begin with: those of the classes with most examples. */
export function firstChosen(curves: PrCurve[], classes: ClassFigures[], most: number): string[] {
  const support = new Map(classes.map((row) => [row.label, row.support ?? 0]));
  return [...curves]
    .filter(({ recall }) => recall.length > 0)
    .sort((a, b) => (support.get(b.label) ?? 0) - (support.get(a.label) ?? 0))
    .slice(0, most)
    .map(({ label }) => label);
}

/** Add or take away; at the limit, the one chosen first makes room. */
export function toggled(chosen: string[], label: string, most: number): string[] {
  if (chosen.includes(label)) return chosen.filter((other) => other !== label);
  return [...chosen, label].slice(-most);
}

/** Every label keeps the first free color while it is chosen. */
export function assignColors(before: Map<string, number>, chosen: string[]): Map<string, number> {
  const kept = new Map([...before].filter(([label]) => chosen.includes(label)));
  const taken = new Set(kept.values());
  for (const label of chosen) {
    if (kept.has(label)) continue;
    let color = 0;
    while (taken.has(color)) color += 1;
    kept.set(label, color);
    taken.add(color);
  }
  return kept;
}
