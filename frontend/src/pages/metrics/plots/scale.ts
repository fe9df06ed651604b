/** From figures to places in a drawing. */

export interface Frame {
  width: number;
  height: number;
  left: number;
  right: number;
  top: number;
  bottom: number;
}

export type Scale = (value: number) => number;

/** [from, to] onto [start, end]; a range of nothing lands in the middle. */
export function linear(from: number, to: number, start: number, end: number): Scale {
  if (from === to) return () => (start + end) / 2;
  return (value) => start + ((value - from) / (to - from)) * (end - start);
}

export const xScale = ({ width, left, right }: Frame, from = 0, to = 1): Scale =>
  linear(from, to, left, width - right);

export const yScale = ({ height, top, bottom }: Frame, from = 0, to = 1): Scale =>
  linear(from, to, height - bottom, top);

/** A line through points; a null breaks it. */
export function linePath(points: (readonly [x: number, y: number] | null)[]): string {
  let path = "";
  let drawing = false;
  for (const point of points) {
    if (point) path += `${drawing ? "L" : "M"}${round(point[0])} ${round(point[1])}`;
    drawing = point !== null;
  }
  return path;
}

const round = (value: number): number => Math.round(value * 100) / 100;

/** A name that fits a width, cut at its end. */
export function cut(name: string, width: number, perLetter = 6.2): string {
  const most = Math.max(1, Math.floor(width / perLetter));
  return name.length <= most ? name : `${name.slice(0, Math.max(1, most - 1)).trimEnd()}…`;
}
