/** Small painting tools of the timeline. */

const hatches = new Map<string, CanvasPattern>();

/** Diagonal lines in a color. */
export function hatch(ctx: CanvasRenderingContext2D, color: string): CanvasPattern | string {
  const known = hatches.get(color);
  if (known) return known;
  const tile = document.createElement("canvas");
  tile.width = tile.height = 8;
  const pen = tile.getContext("2d")!;
  pen.strokeStyle = color;
  pen.lineWidth = 1.5;
  for (const shift of [-8, 0, 8]) {
    pen.moveTo(shift - 1, 9);
    pen.lineTo(shift + 9, -1);
  }
  pen.stroke();
  const pattern = ctx.createPattern(tile, "repeat");
  if (!pattern) return color;
  hatches.set(color, pattern);
  return pattern;
}

export function rounded(
  ctx: CanvasRenderingContext2D,
  x: number,
  y: number,
  width: number,
  height: number,
  radius: number,
): void {
  ctx.beginPath();
  ctx.roundRect(x, y, Math.max(1, width), height, Math.min(radius, Math.max(0, width / 2)));
}

/** A `#rrggbb` color, see-through. */
export function mixed(color: string, share: number): string {
  return `${color.slice(0, 7)}${Math.round(share * 255)
    .toString(16)
    .padStart(2, "0")}`;
}

/** Black or white, whichever is read better on a color (WCAG relative luminance). */
export function inkOn(color: string): string {
  const linear = [1, 3, 5].map((at) => {
    const value = parseInt(color.slice(at, at + 2), 16) / 255;
    return value <= 0.04045 ? value / 12.92 : ((value + 0.055) / 1.055) ** 2.4;
  });
  const luminance = 0.2126 * linear[0]! + 0.7152 * linear[1]! + 0.0722 * linear[2]!;
  return luminance > 0.179 ? "#0a0d11" : "#ffffff";
}
