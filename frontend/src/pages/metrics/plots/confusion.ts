/** Shares, totals and places of a confusion matrix: rows are the truth, columns the predictions. */

/** Each row divided by its sum; rows without examples stay 0. */
export function rowShares(matrix: number[][]): number[][] {
  return matrix.map((row) => {
    const total = sum(row);
    return row.map((n) => (total > 0 ? n / total : 0));
  });
}

export const sum = (values: number[]): number => values.reduce((a, b) => a + b, 0);

export interface Cell {
  row: number;
  column: number;
}

/** The next cell by arrow key, Home and End; null for another key. */
export function moved({ row, column }: Cell, key: string, size: number): Cell | null {
  const within = (n: number) => Math.min(size - 1, Math.max(0, n));
  switch (key) {
    case "ArrowLeft":
      return { row, column: within(column - 1) };
    case "ArrowRight":
      return { row, column: within(column + 1) };
    case "ArrowUp":
      return { row: within(row - 1), column };
    case "ArrowDown":
      return { row: within(row + 1), column };
    case "Home":
      return { row, column: 0 };
    case "End":
      return { row, column: size - 1 };
    default:
      return null;
  }
}

const ROOM_PX = 620;
const MOST_PX = 46;
const LEAST_PX = 11;

/** Side of a cell in px: as many as fit, within what can be read and what can be pointed at. */
export const cellSize = (n: number): number =>
  Math.max(LEAST_PX, Math.min(MOST_PX, Math.floor(ROOM_PX / Math.max(1, n))));

/** Width of a letter as a share of the size of type, on average. */
export const PER_LETTER = 0.54;

/** Size of the names beside the rows, in px. */
export const nameSize = (side: number): number => Math.min(12, side - 1);

/** Room for the names, up to where they are cut. */
export function nameMargin(labels: string[], side: number): number {
  const longest = Math.max(0, ...labels.map(({ length }) => length));
  return Math.min(170, Math.ceil((longest + 1) * nameSize(side) * PER_LETTER) + 14);
}

/** The worst mistakes: pairs of different labels, by how many examples went wrong. */
export function mistakes(labels: string[], matrix: number[][], most: number) {
  const pairs = matrix.flatMap((row, i) =>
    row.map((n, j) => ({ truth: labels[i] ?? "", predicted: labels[j] ?? "", n, wrong: i !== j })),
  );
  return pairs
    .filter(({ n, wrong }) => wrong && n > 0)
    .sort((a, b) => b.n - a.n)
    .slice(0, most);
}
