/** Stroke icons on a 16 × 16 grid. They decorate: the words beside them carry the meaning. */

const PATHS = {
  upload: "M8 11V3M5 6l3-3 3 3M3 11v2h10v-2",
  download: "M8 3v8M5 8l3 3 3-3M3 11v2h10v-2",
  plus: "M8 3v10M3 8h10",
  close: "M4 4l8 8M12 4l-8 8",
  check: "M3 8.5l3.2 3.2L13 5",
  more: "M8 3.5v.01M8 8v.01M8 12.5v.01",
  warning: "M8 2.5l6 11H2zM8 6.5v3.2M8 11.6v.01",
  pause: "M6 4v8M10 4v8",
  play: "M5.5 3.5v9l7-4.5z",
  retry: "M12.5 8a4.5 4.5 0 1 1-1.3-3.2M12.5 2.5v3h-3",
  back: "M10 3L5 8l5 5",
  next: "M6 3l5 5-5 5",
  spark: "M8 2v4M8 10v4M2 8h4M10 8h4",
  undo: "M6 4L3 7l3 3M3 7h6.5a3.5 3.5 0 0 1 0 7H7",
  redo: "M10 4l3 3-3 3M13 7H6.5a3.5 3.5 0 0 0 0 7H9",
  stepBack: "M10.5 3.5v9l-6-4.5zM4 3.5v9",
  stepOn: "M5.5 3.5v9l6-4.5zM12 3.5v9",
  loop: "M3 7V6a2 2 0 0 1 2-2h8M11 2l2 2-2 2M13 9v1a2 2 0 0 1-2 2H3M5 14l-2-2 2-2",
  fit: "M3 6V3h3M10 3h3v3M13 10v3h-3M6 13H3v-3",
  keys: "M2 4.5h12v7H2zM4.5 7v.01M7 7v.01M9.5 7v.01M12 7v.01M5 9.5h6",
  history: "M8 4.5V8l2.5 1.5M3 8a5 5 0 1 0 1.6-3.7L3 5.5M3 3v2.5h2.5",
  draw: "M3 3h10v10H3zM8 6v4M6 8h4",
  trash: "M3 4.5h10M6 4.5V3h4v1.5M4.5 4.5l.5 8.5h6l.5-8.5",
  split: "M8 2v12M5 5L2 8l3 3M11 5l3 3-3 3",
  merge: "M2 8h4M10 8h4M4 5l3 3-3 3M12 5L9 8l3 3",
  end: "M12 3v10M2 8h7M6.5 5l3 3-3 3",
  key: "M8 3l4 5-4 5-4-5z",
  eye: "M1.5 8S4 3.5 8 3.5 14.5 8 14.5 8 12 12.5 8 12.5 1.5 8 1.5 8zM8 6.2a1.8 1.8 0 1 1 0 3.6 1.8 1.8 0 0 1 0-3.6z",
  seen: "M2 8.5l3 3L10 6M8.5 11l.8.8L14 7",
} as const;

export type IconName = keyof typeof PATHS;

export function Icon({ name, size = 16 }: { name: IconName; size?: number }) {
  return (
    <svg width={size} height={size} viewBox="0 0 16 16" aria-hidden="true" focusable="false">
      <path
        d={PATHS[name]}
        fill="none"
        stroke="currentColor"
        strokeWidth={name === "more" ? 2.4 : 1.6}
        strokeLinecap="round"
        strokeLinejoin="round"
      />
    </svg>
  );
}
