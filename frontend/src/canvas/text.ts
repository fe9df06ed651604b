const MOST_KEPT = 5000;
const kept = new Map<string, string>();

/** The text cut to a width, in the context's font. Remembered: measuring is the slow part. */
export function shortened(ctx: CanvasRenderingContext2D, text: string, most: number): string {
  const key = `${ctx.font}|${Math.floor(most)}|${text}`;
  const known = kept.get(key);
  if (known !== undefined) return known;
  if (kept.size >= MOST_KEPT) kept.clear();
  const cut = cutTo(ctx, text, Math.floor(most));
  kept.set(key, cut);
  return cut;
}

function cutTo(ctx: CanvasRenderingContext2D, text: string, most: number): string {
  const fits = (length: number) => ctx.measureText(`${text.slice(0, length)}…`).width <= most;
  if (ctx.measureText(text).width <= most) return text;
  let low = 0;
  let high = text.length;
  while (low < high) {
    const middle = Math.ceil((low + high) / 2);
    if (fits(middle)) low = middle;
    else high = middle - 1;
  }
  return low > 0 ? `${text.slice(0, low)}…` : "";
}
