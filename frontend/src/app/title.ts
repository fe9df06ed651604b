import { useEffect } from "react";

/**
 * Name the browser tab after what is open. Undefined parts (still loading) are left out; null as
 * the first part leaves the naming to a component further in.
 */
export function useTitle(...parts: (string | undefined | null)[]): void {
  const title = parts[0] === null ? null : [...parts.filter(Boolean), "Tubelab"].join(" · ");
  useEffect(() => {
    if (title !== null) document.title = title;
  }, [title]);
}
