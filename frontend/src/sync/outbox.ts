import type { Commit } from "./commit";

/** Where unsent commits survive a reload, a crash and a lost connection. */
export interface Outbox {
  /** Commits of a video, oldest first. */
  all(videoId: string): Promise<Commit[]>;
  /** Videos that have unsent commits. */
  videoIds(): Promise<string[]>;
  put(commit: Commit): Promise<void>;
  remove(commitId: string): Promise<void>;
  /** Makes `tabId` the sender of orphaned commits; in one transaction, so only one tab wins. */
  adopt(videoId: string, tabId: string, isOrphan: (commit: Commit) => boolean): Promise<Commit[]>;
}

const STORE = "commits";

/** An outbox in IndexedDB. Rejects where the browser forbids storage. */
export async function openOutbox(name = "tubelab-outbox"): Promise<Outbox> {
  const database = await openDatabase(name);
  const run = <T>(
    mode: IDBTransactionMode,
    work: (store: IDBObjectStore, done: (value: T) => void) => void,
  ) => transact<T>(database, mode, work);
  return {
    all: (videoId) => run("readonly", (store, done) => readVideo(store, videoId, done)),
    videoIds: () =>
      run("readonly", (store, done) => {
        const request = store.getAll();
        request.onsuccess = () =>
          done([...new Set((request.result as Commit[]).map((commit) => commit.video_id))]);
      }),
    put: (commit) => run("readwrite", (store) => void store.put(commit)),
    remove: (commitId) => run("readwrite", (store) => void store.delete(commitId)),
    adopt: (videoId, tabId, isOrphan) =>
      run("readwrite", (store, done) =>
        readVideo(store, videoId, (commits) => {
          const orphans = commits.filter((c) => c.tab_id !== tabId && isOrphan(c));
          const adopted = orphans.map((commit) => ({ ...commit, tab_id: tabId }));
          for (const commit of adopted) store.put(commit);
          done(adopted);
        }),
      ),
  };
}

function openDatabase(name: string): Promise<IDBDatabase> {
  return new Promise((resolve, reject) => {
    const request = indexedDB.open(name, 1);
    request.onupgradeneeded = () => {
      const store = request.result.createObjectStore(STORE, { keyPath: "commit_id" });
      store.createIndex("video", "video_id");
    };
    request.onsuccess = () => resolve(request.result);
    request.onerror = () => reject(request.error);
  });
}

function transact<T>(
  database: IDBDatabase,
  mode: IDBTransactionMode,
  work: (store: IDBObjectStore, done: (value: T) => void) => void,
): Promise<T> {
  return new Promise((resolve, reject) => {
    let value: T;
    const transaction = database.transaction(STORE, mode);
    transaction.oncomplete = () => resolve(value);
    transaction.onerror = transaction.onabort = () => reject(transaction.error);
    work(transaction.objectStore(STORE), (result) => (value = result));
  });
}

function readVideo(
  store: IDBObjectStore,
  videoId: string,
  done: (commits: Commit[]) => void,
): void {
  const request = store.index("video").getAll(videoId);
  request.onsuccess = () => done((request.result as Commit[]).sort((a, b) => a.seq - b.seq));
}

/** An outbox in memory: for browsers that forbid storage, where the leave guard is all there is. */
export function memoryOutbox(): Outbox {
  const commits = new Map<string, Commit>();
  const of = (videoId: string) =>
    [...commits.values()].filter((c) => c.video_id === videoId).sort((a, b) => a.seq - b.seq);
  return {
    all: async (videoId) => of(videoId),
    videoIds: async () => [...new Set([...commits.values()].map((c) => c.video_id))],
    put: async (commit) => void commits.set(commit.commit_id, structuredClone(commit)),
    remove: async (commitId) => void commits.delete(commitId),
    adopt: async (videoId, tabId, isOrphan) => {
      const orphans = of(videoId).filter((c) => c.tab_id !== tabId && isOrphan(c));
      const adopted = orphans.map((commit) => ({ ...commit, tab_id: tabId }));
      for (const commit of adopted) commits.set(commit.commit_id, commit);
      return adopted;
    },
  };
}
