/** The result of an evaluation: made whole, put in order, and written as text. */

import type { ClassFigures, Evaluation, EvaluationResult } from "../../api/types";

export function readResult(result: Evaluation["result"] | null): EvaluationResult {
  return {
    summary: result?.summary ?? {},
    classes: result?.classes ?? [],
    pr_curves: result?.pr_curves ?? [],
    iou_curve: result?.iou_curve ?? null,
    confusion: result?.confusion ?? null,
    top_k: result?.top_k ?? null,
    notes: result?.notes ?? [],
  };
}

export type Figure = "ap" | "precision" | "recall" | "f1" | "support";
export type ClassColumn = "label" | Figure;

export const FIGURES: { key: Figure; title: string }[] = [
  { key: "ap", title: "AP" },
  { key: "precision", title: "Precision" },
  { key: "recall", title: "Recall" },
  { key: "f1", title: "F1" },
  { key: "support", title: "Support" },
];

const isNumber = (value: number | null | undefined): value is number =>
  typeof value === "number" && Number.isFinite(value);

/** The figures that at least one class has; a metric without precision shows no such column. */
export const figuresOf = (classes: ClassFigures[]) =>
  FIGURES.filter(({ key }) => classes.some((row) => isNumber(row[key])));

/** In the order of a column; what was not measured comes last either way, ties by name. */
export function sortClasses(
  classes: ClassFigures[],
  by: ClassColumn,
  descending: boolean,
): ClassFigures[] {
  const sign = descending ? -1 : 1;
  return [...classes].sort((a, b) => {
    if (by === "label") return sign * a.label.localeCompare(b.label);
    const [x, y] = [a[by], b[by]];
    if (!isNumber(x) || !isNumber(y)) return Number(isNumber(y)) - Number(isNumber(x));
    return sign * (x - y) || a.label.localeCompare(b.label);
  });
}

/** The classes as CSV with a head, numbers in full; nothing in it is run by a spreadsheet. */
export function toCsv(classes: ClassFigures[]): string {
  const columns = figuresOf(classes);
  const head = ["class", ...columns.map(({ key }) => key)];
  const rows = classes.map((row) => [
    cell(row.label),
    ...columns.map(({ key }) => (isNumber(row[key]) ? String(row[key]) : "")),
  ]);
  return [head, ...rows].map((row) => `${row.join(",")}\r\n`).join("");
}

function cell(text: string): string {
  const harmless = /^[=+\-@\t\r]/.test(text) ? `'${text}` : text;
  return /[",\r\n]/.test(harmless) ? `"${harmless.replaceAll('"', '""')}"` : harmless;
}
