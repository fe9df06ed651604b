/**
 * Eight lines that stay apart on the dark ground, for eyes that see few colors too: hues after
 * Okabe and Ito, made lighter, and dashes from the fifth on.
 */
export const LINE_LOOKS = [
  { color: "#5aa9ff", dash: "" },
  { color: "#f0a33a", dash: "" },
  { color: "#3fc7a0", dash: "" },
  { color: "#e58fc4", dash: "" },
  { color: "#f0e05a", dash: "7 4" },
  { color: "#f2705c", dash: "7 4" },
  { color: "#9fd4ff", dash: "2 3" },
  { color: "#c6b3ff", dash: "2 3" },
] as const;

export const MOST_LINES = LINE_LOOKS.length;

export const lookOf = (index: number) => LINE_LOOKS[index % LINE_LOOKS.length]!;
