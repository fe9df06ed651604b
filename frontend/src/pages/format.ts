/** Numbers and times as people read them. */

const whole = new Intl.NumberFormat("en-US");

export const count = (n: number): string => whole.format(n);

/** "1 tube", "2 tubes". */
export function plural(n: number, one: string, many = `${one}s`): string {
  return `${count(n)} ${n === 1 ? one : many}`;
}

/** 0..1 as a percentage with one decimal, or a dash for what was not measured. */
export function percent(value: number | null | undefined): string {
  return value === null || value === undefined || !Number.isFinite(value)
    ? "–"
    : `${(value * 100).toFixed(1)} %`;
}

/** 0..1 as a whole percentage, or a dash for nothing. */
export function wholePercent(value: number | null): string {
  return value === null ? "–" : `${Math.round(value * 100)} %`;
}

/** Seconds as 0:07, 12:05 or 1:02:33. */
export function duration(seconds: number): string {
  const total = Math.max(0, Math.round(seconds));
  const [h, m, s] = [Math.floor(total / 3600), Math.floor(total / 60) % 60, total % 60];
  const two = (n: number) => String(n).padStart(2, "0");
  return h > 0 ? `${h}:${two(m)}:${two(s)}` : `${m}:${two(s)}`;
}

export function bytes(n: number): string {
  if (n < 1000) return `${n} B`;
  const units = ["kB", "MB", "GB", "TB"];
  let value = n / 1000;
  let unit = 0;
  while (value >= 1000 && unit < units.length - 1) {
    value /= 1000;
    unit += 1;
  }
  return `${value.toFixed(value < 10 ? 1 : 0)} ${units[unit]}`;
}

/** A frame rate kept as a fraction, such as 30000/1001, to at most two decimals. */
export function rate([numerator, denominator]: [number, number]): string {
  if (!denominator) return "";
  return `${Number((numerator / denominator).toFixed(2))} fps`;
}

export function dateTime(iso: string | null): string {
  if (!iso) return "–";
  return new Date(iso).toLocaleString(undefined, { dateStyle: "medium", timeStyle: "short" });
}

/** "just now", "5 min ago", then the date. */
export function ago(iso: string, nowMs = Date.now()): string {
  const minutes = Math.floor((nowMs - Date.parse(iso)) / 60_000);
  if (minutes < 1) return "just now";
  if (minutes < 60) return `${minutes} min ago`;
  if (minutes < 24 * 60) return `${Math.floor(minutes / 60)} h ago`;
  return dateTime(iso);
}

export const shortHash = (hash: string): string => hash.slice(0, 12);
