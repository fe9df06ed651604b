/** Reading a plot along its x axis: by pointer, or by arrow keys as a slider. */

import { useState, type KeyboardEvent, type PointerEvent } from "react";

interface Range {
  /** The values that can be stood on, rising. */
  stops: number[];
  /** Place in the drawing of a value. */
  x: (value: number) => number;
  /** Width of the drawing in its own units. */
  width: number;
}

const BIG_STEP = 10;

/** Where in `stops` a key leads from `index`, or null for a key that means nothing here. */
export function stepped(index: number, key: string, last: number): number | null {
  const steps: Record<string, number> = {
    ArrowRight: index + 1,
    ArrowUp: index + 1,
    ArrowLeft: index - 1,
    ArrowDown: index - 1,
    PageUp: index + BIG_STEP,
    PageDown: index - BIG_STEP,
    Home: 0,
    End: last,
  };
  const next = steps[key];
  return next === undefined ? null : Math.min(last, Math.max(0, next));
}

export function nearest(stops: number[], x: (value: number) => number, at: number): number {
  let best = 0;
  stops.forEach((stop, i) => {
    if (Math.abs(x(stop) - at) < Math.abs(x(stops[best]!) - at)) best = i;
  });
  return best;
}

/** The index of the stop that is read, or null, and the handlers that move it. */
export function useReading({ stops, x, width }: Range) {
  const [index, setIndex] = useState<number | null>(null);
  const last = stops.length - 1;
  return {
    index: index === null ? null : Math.min(index, last),
    handlers: {
      onPointerMove: (event: PointerEvent<SVGSVGElement>) => {
        const box = event.currentTarget.getBoundingClientRect();
        const at = ((event.clientX - box.left) / box.width) * width;
        setIndex(nearest(stops, x, at));
      },
      onPointerLeave: () => setIndex(null),
      onFocus: () => setIndex((was) => was ?? Math.floor(last / 2)),
      onBlur: () => setIndex(null),
      onKeyDown: (event: KeyboardEvent) => {
        const next = stepped(index ?? 0, event.key, last);
        if (next === null) return;
        event.preventDefault();
        setIndex(next);
      },
    },
  };
}
