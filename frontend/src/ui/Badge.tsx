import type { ReactNode } from "react";

export type Tone = "neutral" | "ok" | "warn" | "bad" | "accent";

export function Badge({ tone = "neutral", children }: { tone?: Tone; children: ReactNode }) {
  return <span className={tone === "neutral" ? "badge" : `badge badge-${tone}`}>{children}</span>;
}
