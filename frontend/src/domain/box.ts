import { InvalidInput } from "./errors";

/** Pixels of the display-oriented source picture, origin top left. */
export type Px = number & { readonly __unit: "px" };

/** `[x1, y1, x2, y2]` in source pixels, finite, with `x2 > x1` and `y2 > y1`. */
export type Box = readonly [Px, Px, Px, Px];

/** Checks four numbers and brands them as a box. Throws `InvalidInput` for an empty or infinite box. */
export function box(x1: number, y1: number, x2: number, y2: number): Box {
  if (![x1, y1, x2, y2].every(Number.isFinite)) {
    throw new InvalidInput(`Box corners must be finite numbers, got ${[x1, y1, x2, y2]}.`);
  }
  if (x2 <= x1 || y2 <= y1) {
    throw new InvalidInput(`Box must have x2 > x1 and y2 > y1, got ${[x1, y1, x2, y2]}.`);
  }
  return [x1, y1, x2, y2] as unknown as Box;
}

/** A box from a wire array, checked. */
export function boxFrom(values: readonly number[]): Box {
  if (values.length !== 4) throw new InvalidInput(`A box has 4 numbers, got ${values.length}.`);
  return box(values[0]!, values[1]!, values[2]!, values[3]!);
}

/** Two opposite corners, in any order. Null when they enclose nothing. */
export function boxFromCorners(ax: number, ay: number, bx: number, by: number): Box | null {
  if (ax === bx || ay === by) return null;
  return box(Math.min(ax, bx), Math.min(ay, by), Math.max(ax, bx), Math.max(ay, by));
}

export function widthPx(b: Box): number {
  return b[2] - b[0];
}

export function heightPx(b: Box): number {
  return b[3] - b[1];
}

export function areaPx(b: Box): number {
  return widthPx(b) * heightPx(b);
}

/** Intersection over union, 0 to 1. */
export function iou(a: Box, b: Box): number {
  const width = Math.min(a[2], b[2]) - Math.max(a[0], b[0]);
  const height = Math.min(a[3], b[3]) - Math.max(a[1], b[1]);
  if (width <= 0 || height <= 0) return 0;
  const both = width * height;
  return both / (areaPx(a) + areaPx(b) - both);
}

/** Linear from `a` (share 0) to `b` (share 1). */
export function interpolate(a: Box, b: Box, share: number): Box {
  const at = (i: 0 | 1 | 2 | 3) => a[i] + (b[i] - a[i]) * share;
  return [at(0), at(1), at(2), at(3)] as unknown as Box;
}

/** Smallest box around all given ones; null for none. */
export function union(boxes: Iterable<Box>): Box | null {
  let found: [number, number, number, number] | null = null;
  for (const b of boxes) {
    found = found
      ? [
          Math.min(found[0], b[0]),
          Math.min(found[1], b[1]),
          Math.max(found[2], b[2]),
          Math.max(found[3], b[3]),
        ]
      : [b[0], b[1], b[2], b[3]];
  }
  return found ? box(...found) : null;
}

/** Moves by whole offsets and keeps the box inside the picture without changing its size. */
export function moveBox(b: Box, dx: number, dy: number, width: number, height: number): Box {
  const x = clamp(b[0] + dx, 0, Math.max(0, width - widthPx(b)));
  const y = clamp(b[1] + dy, 0, Math.max(0, height - heightPx(b)));
  return box(x, y, x + widthPx(b), y + heightPx(b));
}

/** To hundredths of a pixel: finer than any hand, and short on the wire. */
export function roundedBox(b: Box): Box {
  const round = (value: number) => Math.round(value * 100) / 100;
  return box(round(b[0]), round(b[1]), round(b[2]), round(b[3]));
}

/** Cuts a box to the picture, keeping at least `min` pixels on each side. */
export function clampBox(b: Box, width: number, height: number, min: number): Box {
  const x1 = clamp(b[0], 0, width - min);
  const y1 = clamp(b[1], 0, height - min);
  return box(
    x1,
    y1,
    clamp(b[2], x1 + min, Math.max(width, x1 + min)),
    clamp(b[3], y1 + min, Math.max(height, y1 + min)),
  );
}

export function clamp(value: number, low: number, high: number): number {
  return Math.min(Math.max(value, low), high);
}
