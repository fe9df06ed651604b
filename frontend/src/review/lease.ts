/** Holding what is before the person for as long as they work on it. */
import { get, post } from "../api/client";
import type { Queue, QueueItem } from "../api/types";
import type { EditorModel } from "../editor/model";
import { toast } from "../ui/Toast";

const RENEW_MS = 3 * 60_000;
/** After this long without a sign of life the item is left to others. */
const AWAY_MS = 5 * 60_000;

/** Renews the lease from time to time; returns how to stop. */
export function holdItem(model: EditorModel): () => void {
  let lastMs = Date.now();
  const alive = () => (lastMs = Date.now());
  const timer = setInterval(() => {
    const { item, mode } = model.ui.get();
    if (item && mode === "review" && Date.now() - lastMs < AWAY_MS) void renew(model, item);
  }, RENEW_MS);
  window.addEventListener("keydown", alive);
  window.addEventListener("pointermove", alive, { passive: true });
  return () => {
    clearInterval(timer);
    window.removeEventListener("keydown", alive);
    window.removeEventListener("pointermove", alive);
  };
}

/** Tubes of a video that are asked about blind, so that none is seen before its turn. */
export async function blindTubesOf(projectId: number, videoId: string): Promise<Set<string>> {
  const search = `?kind=tube&blind=1&video=${videoId}`;
  // Without the queue nothing is known to be blind.
  const queue = await get<Queue>(`/api/projects/${projectId}/queue${search}`).catch(() => null);
  const asked = queue?.items.filter(({ slice }) => slice !== "second") ?? [];
  return new Set(asked.flatMap(({ tube_id }) => tube_id ?? []));
}

/** Takes or keeps an item for ten minutes; null, with a word about it, if it is another's. */
export async function renew(model: EditorModel, item: QueueItem): Promise<QueueItem | null> {
  try {
    return await post<QueueItem>(`/api/queue/${item.id}/renew`);
  } catch {
    // It is taken, decided, or the server is away: what is on the screen can be worked on anyhow.
    const { item: current } = model.ui.get();
    if (current?.id === item.id && item.leased_by) {
      toast(`${item.leased_by} is reviewing this at the moment.`, "ok", "lease");
    }
    return null;
  }
}
