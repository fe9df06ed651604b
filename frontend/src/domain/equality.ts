/**
 * Equal as plain data, in whatever order the fields were written.
 *
 * @param ignored names of fields that do not count, at any depth.
 */
export function same(a: unknown, b: unknown, ignored: ReadonlySet<string> = NONE): boolean {
  if (a === b) return true;
  if (typeof a !== "object" || typeof b !== "object" || a === null || b === null) return false;
  if (Array.isArray(a) !== Array.isArray(b)) return false;
  const left = a as Record<string, unknown>;
  const right = b as Record<string, unknown>;
  const names = new Set([...Object.keys(left), ...Object.keys(right)]);
  for (const name of names) {
    if (!ignored.has(name) && !same(left[name], right[name], ignored)) return false;
  }
  return true;
}

const NONE: ReadonlySet<string> = new Set();
