import { ApiError, isLoggedOut, NetworkError } from "../api/client";
import {
  annotationsFrom,
  EMPTY,
  merged,
  type Annotations,
  type Change,
  type ObjectIds,
} from "../domain/annotations";
import { newId } from "../domain/id";
import { apply, type Operation } from "../domain/operations";
import type { Activity } from "./activity";
import type {
  Commit,
  CommitAnswer,
  ConflictObject,
  Notice,
  ServerDelta,
  Transport,
} from "./commit";
import type { Outbox } from "./outbox";
import { advanced, appliedMine, keptTheirs, viewOf } from "./rebase";
import type { SaveStatus } from "./status";
import type { Tabs } from "./tabs";

/** An edit waits this long for the next one, so that a burst is one commit. */
export const BATCH_MS = 350;
export const POLL_MS = 5000;
const BACKOFF_MS = [1000, 2000, 4000, 8000, 15_000];

export interface EngineParts {
  videoId: string;
  userId: number | null;
  transport: Transport;
  outbox: Outbox;
  tabs: Pick<Tabs, "id" | "gone">;
  activity: Pick<Activity, "take">;
  /** Says what the server wants the author of a commit to hear. */
  tell?: (notice: Notice) => void;
}

export interface EditOptions {
  /** Many tubes are accepted by one gesture. */
  acceptAll?: boolean;
}

/**
 * Keeps the annotations of one video: shows every edit at once, sends it soon, and never loses
 * or doubles one.
 *
 * `base` is what the server has said, `pending` what it has not yet acknowledged, and `view`
 * one on top of the other. Commits go out one at a time and in order.
 */
export class SyncEngine {
  view: Annotations = EMPTY;
  status: SaveStatus = { state: "saved" };
  revision = 0;

  private base: Annotations = EMPTY;
  private pending: Commit[] = [];
  private readonly ownRevisions = new Set<number>();
  private readonly listeners = new Set<() => void>();
  private timer: ReturnType<typeof setTimeout> | undefined;
  private isBusy = false;
  private failures = 0;
  private isClosed = false;
  /** The server took something away after a commit: ask what it is. */
  private isToldOf = false;

  constructor(private readonly parts: EngineParts) {}

  subscribe(listener: () => void): () => void {
    this.listeners.add(listener);
    return () => this.listeners.delete(listener);
  }

  /** Loads the video's annotations and takes over work that a closed tab left unsent. */
  async open(): Promise<void> {
    const state = await this.parts.transport.load();
    this.base = annotationsFrom(state);
    this.revision = state.revision;
    await this.adopt();
    this.settle();
    if (this.pending.length > 0) void this.pump();
  }

  close(): void {
    this.isClosed = true;
    clearTimeout(this.timer);
    this.listeners.clear();
  }

  /** Does the operations here and now, and sends them soon. Throws `InvalidOperation`. */
  edit(operations: readonly Operation[], { acceptAll }: EditOptions = {}): readonly Change[] {
    const { annotations, changes } = apply(this.view, operations);
    if (changes.length === 0) return changes;
    const touched = changes.map((change) => change.id);
    const last = this.pending[this.pending.length - 1];
    const isOpen = last?.seconds === null && !last.accept_all && !acceptAll;
    const commit = isOpen
      ? grown(last, operations, touched)
      : { ...this.begun(operations, touched), ...(acceptAll ? { accept_all: true } : {}) };
    if (isOpen) this.pending[this.pending.length - 1] = commit;
    else this.pending.push(commit);
    void this.keep(commit);
    this.view = annotations;
    this.showStatus();
    this.emit();
    if (this.pending.length === 1 && !this.isBusy) this.schedule(BATCH_MS);
    return changes;
  }

  /** Sends what is unsent now, whatever the wait was. */
  flush(): void {
    this.failures = 0;
    void this.pump();
  }

  /** Asks what others have done. Waits its turn while own work is unsent. */
  async poll(): Promise<void> {
    await this.adopt();
    if (this.pending.length > 0) return void this.pump();
    if (this.isBusy || this.isClosed) return;
    this.isBusy = true;
    try {
      this.take(await this.parts.transport.since(this.revision));
      if (this.status.state !== "saved") this.showStatus();
    } catch (error) {
      if (!(error instanceof NetworkError || error instanceof ApiError)) throw error;
    } finally {
      this.isBusy = false;
    }
    this.settle();
    if (this.pending.length > 0) this.schedule(BATCH_MS);
  }

  /** Answers a conflict: what others did to the objects stays, mine is dropped. */
  async keepTheirs(): Promise<void> {
    await this.resolve((before, after, objects, revision) =>
      keptTheirs(before, after, this.pending, objects, revision),
    );
  }

  /** Answers a conflict: mine is done on top of theirs. */
  async applyMine(): Promise<void> {
    await this.resolve((before, after, _objects, revision) =>
      appliedMine(before, after, this.pending, revision),
    );
  }

  /** Gives up the first unsent commit, which the server refuses for good. */
  async discardRefused(): Promise<void> {
    const refused = this.pending.shift();
    this.status = { state: "saved" };
    if (refused) await this.parts.outbox.remove(refused.commit_id).catch(() => {});
    this.settle();
    this.flush();
  }

  private begun(operations: readonly Operation[], touched: readonly string[]): Commit {
    const last = this.pending[this.pending.length - 1];
    return {
      commit_id: newId(),
      video_id: this.parts.videoId,
      user_id: this.parts.userId,
      tab_id: this.parts.tabs.id,
      seq: Math.max(Date.now(), (last?.seq ?? 0) + 1),
      base_revision: last?.base_revision ?? this.revision,
      operations,
      touched,
      edits: 1,
      seconds: null,
    };
  }

  private async pump(): Promise<void> {
    if (this.isBusy || this.isClosed || this.status.state === "conflict") return;
    clearTimeout(this.timer);
    this.isBusy = true;
    try {
      while (this.pending.length > 0 && !this.isClosed) {
        const commit = await this.sealed();
        this.showStatus();
        await this.acknowledge(commit, await this.parts.transport.commit(commit));
        this.failures = 0;
      }
    } catch (error) {
      this.fail(error);
    } finally {
      this.isBusy = false;
    }
    if (this.isToldOf && this.pending.length === 0) {
      this.isToldOf = false;
      void this.poll();
    }
  }

  /** The first commit, closed to further edits: what is sent twice must be the same twice. */
  private async sealed(): Promise<Commit> {
    const first = this.pending[0]!;
    if (first.seconds !== null) return first;
    const commit = { ...first, seconds: this.parts.activity.take() };
    this.pending[0] = commit;
    await this.keep(commit);
    return commit;
  }

  private async acknowledge(commit: Commit, answer: CommitAnswer): Promise<void> {
    this.ownRevisions.add(answer.revision);
    // Fetched before anything changes here: if this fails, the commit is simply sent again.
    const between = await this.changedMeanwhile(commit, answer);
    const foreign = between ? this.foreignIds(between, answer) : new Set<string>();
    this.pending = this.pending.slice(1).map((next) => advanced(next, answer.revision, foreign));
    this.base = merged(this.base, answer, answer.removed, answer.revision);
    this.revision = Math.max(this.revision, answer.revision);
    if (between) this.take(between);
    this.settle();
    for (const next of this.pending) void this.keep(next);
    await this.parts.outbox.remove(commit.commit_id).catch(() => {});
    for (const notice of answer.notices ?? []) {
      this.isToldOf = true;
      this.parts.tell?.(notice);
    }
  }

  /** What the server holds beyond this commit and what was known; null when that is nothing. */
  private async changedMeanwhile(commit: Commit, answer: ServerDelta): Promise<ServerDelta | null> {
    const known = Math.min(this.revision, commit.base_revision);
    return answer.revision === known + 1 ? null : this.parts.transport.since(known);
  }

  private foreignIds(delta: ServerDelta, answer: ServerDelta): Set<string> {
    const changed = [...delta.tubes, ...delta.spans, ...delta.coverage]
      .filter((object) => !this.ownRevisions.has(object.revision))
      .map((object) => object.id);
    const own = new Set(idsIn(answer.removed));
    return new Set([...changed, ...idsIn(delta.removed).filter((id) => !own.has(id))]);
  }

  private take(delta: ServerDelta): void {
    this.base = merged(this.base, delta, delta.removed, delta.revision);
    this.revision = Math.max(this.revision, delta.revision);
  }

  private fail(error: unknown): void {
    const edits = this.unsentEdits();
    if (error instanceof ApiError && error.status === 409 && error.code === "conflict") {
      const detail = error.detail as { objects?: ConflictObject[]; revision?: number } | null;
      this.status = {
        state: "conflict",
        edits,
        objects: detail?.objects ?? [],
        revision: detail?.revision ?? this.revision,
      };
    } else if (isLoggedOut(error)) {
      this.status = { state: "signed_out", edits };
      this.schedule(POLL_MS);
    } else if (error instanceof ApiError && isFinal(error)) {
      this.status = { state: "refused", edits, message: error.message };
    } else {
      this.status = { state: "offline", edits };
      this.schedule(BACKOFF_MS[Math.min(this.failures++, BACKOFF_MS.length - 1)]!);
    }
    this.emit();
  }

  private async resolve(
    answer: (
      before: Annotations,
      after: Annotations,
      objects: readonly ConflictObject[],
      revision: number,
    ) => Commit[],
  ): Promise<void> {
    if (this.status.state !== "conflict" || this.isBusy) return;
    const { objects, revision } = this.status;
    this.isBusy = true;
    try {
      const before = this.base;
      const delta = await this.parts.transport.since(this.revision);
      this.take(delta);
      const replaced = this.pending;
      this.pending = answer(before, this.base, objects, Math.max(revision, delta.revision));
      for (const commit of this.pending) await this.keep(commit);
      for (const { commit_id } of replaced) await this.parts.outbox.remove(commit_id);
      // Failures of before the conflict are over; while they count, unsent work looks saved.
      this.failures = 0;
      this.status = { state: "saved" };
    } finally {
      this.isBusy = false;
    }
    this.settle();
    this.flush();
  }

  private async adopt(): Promise<void> {
    try {
      const gone = await this.parts.tabs.gone();
      const { videoId, userId, tabs } = this.parts;
      // Work of somebody else who was logged in here must not be sent under this name.
      const mine = await this.parts.outbox.adopt(
        videoId,
        tabs.id,
        (commit) => commit.user_id === userId && gone(commit.tab_id),
      );
      if (mine.length === 0) return;
      const closed = mine.map((commit) => ({ ...commit, seconds: commit.seconds ?? 0 }));
      this.pending = [...this.pending, ...closed];
      this.settle();
    } catch {
      // Storage that fails now must not stop the editing; the next poll tries again.
    }
  }

  private async keep(commit: Commit): Promise<void> {
    await this.parts.outbox.put(commit).catch(() => {});
  }

  private schedule(delayMs: number): void {
    clearTimeout(this.timer);
    if (!this.isClosed) this.timer = setTimeout(() => void this.pump(), delayMs);
  }

  private settle(): void {
    this.view = viewOf(this.base, this.pending);
    this.showStatus();
    this.emit();
  }

  private showStatus(): void {
    const edits = this.unsentEdits();
    if (edits === 0) this.status = { state: "saved" };
    else if (this.failures === 0 && !isWaiting(this.status))
      this.status = { state: "saving", edits };
    else if ("edits" in this.status) this.status = { ...this.status, edits };
  }

  private unsentEdits(): number {
    return this.pending.reduce((sum, commit) => sum + commit.edits, 0);
  }

  private emit(): void {
    for (const listener of this.listeners) listener();
  }
}

function idsIn(ids: ObjectIds): string[] {
  return [...ids.tubes, ...ids.spans, ...ids.coverage];
}

function grown(
  commit: Commit,
  operations: readonly Operation[],
  touched: readonly string[],
): Commit {
  return {
    ...commit,
    operations: [...commit.operations, ...operations],
    touched: [...new Set([...commit.touched, ...touched])],
    edits: commit.edits + 1,
  };
}

/** States that only an answer, by the person or the server, ends. */
function isWaiting(status: SaveStatus): boolean {
  return status.state === "conflict" || status.state === "refused";
}

/** Will the same request fail for ever? */
function isFinal(error: ApiError): boolean {
  return error.status >= 400 && error.status < 500 && ![408, 425, 429].includes(error.status);
}
