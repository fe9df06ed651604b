/** What the page says of weights that are here, or could be. */

import type { ModelItem } from "../../api/types";
import type { Tone } from "../../ui/Badge";

export const STATE_TONE: Record<ModelItem["state"], Tone> = {
  here: "ok",
  added: "accent",
  "built in": "ok",
  absent: "neutral",
};

export const STATE_TEXT: Record<ModelItem["state"], string> = {
  here: "Here",
  added: "Added",
  "built in": "Built in",
  absent: "Not here",
};

/** What can be used first; otherwise as the server lists them. */
export function usableFirst(items: ModelItem[]): ModelItem[] {
  const usable = (item: ModelItem) => (item.state === "absent" ? 1 : 0);
  return [...items].sort((a, b) => usable(a) - usable(b));
}

/** What a person can do on this page about weights that are not here. */
export function advice(item: ModelItem, mayChange: boolean): string {
  if (item.state !== "absent") return "";
  if (item.failed) return item.failed;
  if (item.can_fetch) return mayChange ? "" : "A manager of the project can fetch it.";
  if (!item.to_do.startsWith("manage.py")) return item.to_do;
  return "No published file is known by name. Add a checkpoint of it.";
}

export const megabytes = (mb: number): string => (mb ? `${mb.toFixed(mb < 10 ? 1 : 0)} MB` : "–");

export const work = (gflops: number): string =>
  gflops ? gflops.toFixed(gflops < 10 ? 1 : 0) : "–";
