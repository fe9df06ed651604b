import { Activity } from "./activity";
import { SyncEngine } from "./engine";
import { memoryOutbox, openOutbox, type Outbox } from "./outbox";
import { openTabs, type Tabs } from "./tabs";
import { httpTransport } from "./transport";
import { toast } from "../ui/Toast";

/** One per page, shared by all videos opened in it. */
let tabs: Tabs | null = null;
let outbox: Promise<Outbox> | null = null;
const engines = new Map<string, SyncEngine>();
const holders = new Map<string, number>();

export const activity = new Activity();

/**
 * The engine of a video, with its annotations loaded. Leaving a video with unsent work keeps its
 * engine at work, so coming back finds the same one.
 */
export async function acquireEngine(videoId: string, userId: number | null): Promise<SyncEngine> {
  const store = await theOutbox();
  const engine = engines.get(videoId) ?? makeEngine(videoId, userId, store);
  engines.set(videoId, engine);
  holders.set(videoId, (holders.get(videoId) ?? 0) + 1);
  try {
    await engine.open();
  } catch (error) {
    releaseEngine(videoId);
    throw error;
  }
  return engine;
}

/** Lets go of a video: at once when all is saved, else as soon as it is. */
export function releaseEngine(videoId: string): void {
  const engine = engines.get(videoId);
  if (!engine) return;
  holders.set(videoId, (holders.get(videoId) ?? 1) - 1);
  const drop = () => {
    if (engine.status.state !== "saved" || holders.get(videoId)! > 0) return false;
    engine.close();
    engines.delete(videoId);
    return true;
  };
  engine.flush();
  if (!drop()) {
    const stop = engine.subscribe(() => drop() && stop());
  }
}

/** Is anything on this page that the server does not have yet? */
export function hasUnsaved(): boolean {
  return [...engines.values()].some((engine) => engine.status.state !== "saved");
}

/** Sends what closed tabs left unsent for other videos than the open one. */
export async function sendStragglers(openVideoId: string, userId: number | null): Promise<void> {
  const store = await theOutbox();
  for (const videoId of await store.videoIds()) {
    if (videoId === openVideoId || engines.has(videoId)) continue;
    await acquireEngine(videoId, userId).catch(() => {});
    releaseEngine(videoId);
  }
}

function makeEngine(videoId: string, userId: number | null, store: Outbox): SyncEngine {
  return new SyncEngine({
    videoId,
    userId,
    transport: httpTransport(videoId),
    outbox: store,
    tabs: theTabs(),
    activity,
    tell: ({ message }) => toast(message, "ok", "planted"),
  });
}

function theTabs(): Tabs {
  tabs ??= openTabs();
  return tabs;
}

/** Private windows may forbid storage: then edits are kept in memory and the leave guard warns. */
function theOutbox(): Promise<Outbox> {
  outbox ??= openOutbox().catch(() => memoryOutbox());
  return outbox;
}
