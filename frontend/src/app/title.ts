import { useEffect } from "react";

/** Name the browser tab after what is open; undefined parts (still loading) are left out. */
export function useTitle(...parts: (string | undefined)[]): void {
  const title = [...parts.filter(Boolean), "Tubelab"].join(" · ");
  useEffect(() => {
    document.title = title;
  }, [title]);
}
