import { newId } from "../domain/id";

const PREFIX = "tubelab-tab-";
const BEAT_MS = 2000;
/** Background tabs may run timers only once a minute. */
const GONE_MS = 70_000;

/** Knows which tabs of this browser are still there, so that only orphaned work is taken over. */
export interface Tabs {
  readonly id: string;
  /** A test of other tabs' ids, true when the tab is gone. */
  gone(): Promise<(tabId: string) => boolean>;
  close(): void;
}

/**
 * Registers this page. A lock held for the page's life tells best, as the browser frees it even
 * after a crash; plain http to another host has no locks, so there a heartbeat stands in.
 */
export function openTabs(): Tabs {
  const id = newId();
  return navigator.locks ? lockTabs(id, navigator.locks) : heartbeatTabs(id);
}

function lockTabs(id: string, locks: LockManager): Tabs {
  let release = () => {};
  const closed = new Promise<void>((resolve) => (release = resolve));
  void locks.request(PREFIX + id, () => closed);
  return {
    id,
    gone: async () => {
      const { held = [], pending = [] } = await locks.query();
      const names = new Set([...held, ...pending].map((lock) => lock.name));
      return (tabId) => !names.has(PREFIX + tabId);
    },
    close: release,
  };
}

function heartbeatTabs(id: string): Tabs {
  const beat = () => localStorage.setItem(PREFIX + id, String(Date.now()));
  const stop = () => localStorage.removeItem(PREFIX + id);
  beat();
  const timer = setInterval(beat, BEAT_MS);
  // A reload finds its own work again at once; a crash is noticed by the silent heart.
  window.addEventListener("pagehide", stop);
  window.addEventListener("pageshow", beat);
  return {
    id,
    gone: async () => (tabId) => {
      const last = Number(localStorage.getItem(PREFIX + tabId) ?? 0);
      return Date.now() - last > GONE_MS;
    },
    close: () => {
      clearInterval(timer);
      window.removeEventListener("pagehide", stop);
      window.removeEventListener("pageshow", beat);
      stop();
    },
  };
}
