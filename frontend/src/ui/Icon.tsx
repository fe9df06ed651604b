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
