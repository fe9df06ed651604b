/** The color that a new label is offered: the one that looks least like those in use. */

const COLORS = [
  "#5aa9ff",
  "#52c991",
  "#e8b95a",
  "#f5827a",
  "#b79bff",
  "#4fd0d6",
  "#f29bd0",
  "#c7d04b",
  "#d98a5f",
  "#9aa7b8",
];

export function colorUnlike(taken: string[]): string {
  const used = taken.map(channels);
  const apart = (color: string) =>
    Math.min(Infinity, ...used.map((other) => distance(channels(color), other)));
  return COLORS.reduce((best, color) => (apart(color) > apart(best) ? color : best));
}

function channels(color: string): number[] {
  return [1, 3, 5].map((at) => parseInt(color.slice(at, at + 2), 16));
}

function distance(a: number[], b: number[]): number {
  return Math.hypot(...a.map((value, i) => value - b[i]!));
}
