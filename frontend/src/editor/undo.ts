import type { Annotations, Change } from "../domain/annotations";
import { same } from "../domain/equality";
import { forward, inverse, type RestoreOperation } from "../domain/operations";

export interface UndoEntry {
  readonly title: string;
  readonly changes: readonly Change[];
  /** Entries with the same key that follow closely become one, such as nudges. */
  readonly group: string | null;
  readonly timeMs: number;
}

const GROUP_MS = 900;
/** What the server sets by itself does not make an object "changed since". */
const SERVER_FIELDS: ReadonlySet<string> = new Set(["revision", "number"]);

/** What was done in this session, to be undone and done again; without a limit. */
export class UndoStack {
  private done: UndoEntry[] = [];
  private undone: UndoEntry[] = [];

  get canUndo(): boolean {
    return this.done.length > 0;
  }

  get canRedo(): boolean {
    return this.undone.length > 0;
  }

  record(entry: UndoEntry): void {
    const last = this.done[this.done.length - 1];
    this.undone = [];
    if (last && entry.group !== null && last.group === entry.group) {
      if (entry.timeMs - last.timeMs < GROUP_MS) {
        this.done[this.done.length - 1] = { ...entry, changes: joinChanges(last, entry) };
        return;
      }
    }
    this.done.push(entry);
  }

  /** The entry to undo next and how; null when there is none. */
  undo(annotations: Annotations): UndoStep | null {
    const entry = this.done.pop();
    if (!entry) return null;
    if (!isCurrent(annotations, entry.changes, "after")) return { entry, operation: null };
    this.undone.push(entry);
    return { entry, operation: numbered(inverse(entry.changes), annotations) };
  }

  redo(annotations: Annotations): UndoStep | null {
    const entry = this.undone.pop();
    if (!entry) return null;
    if (!isCurrent(annotations, entry.changes, "before")) return { entry, operation: null };
    this.done.push(entry);
    return { entry, operation: numbered(forward(entry.changes), annotations) };
  }
}

export interface UndoStep {
  readonly entry: UndoEntry;
  /** Null when others changed the objects since: undoing would wipe out their work. */
  readonly operation: RestoreOperation | null;
}

function joinChanges(first: UndoEntry, second: UndoEntry): Change[] {
  const joined = new Map(first.changes.map((change) => [change.id, change]));
  for (const change of second.changes) {
    const before = joined.get(change.id);
    joined.set(change.id, (before ? { ...change, before: before.before } : change) as Change);
  }
  return [...joined.values()];
}

function isCurrent(
  annotations: Annotations,
  changes: readonly Change[],
  side: "before" | "after",
): boolean {
  return changes.every((change) => {
    const table = { tube: "tubes", span: "spans", coverage: "coverage" } as const;
    const now = annotations[table[change.kind]].get(change.id) ?? null;
    return same(now, change[side], SERVER_FIELDS);
  });
}

/** A tube put back keeps the number that the server has given it meanwhile. */
function numbered(operation: RestoreOperation, annotations: Annotations): RestoreOperation {
  const tubes = operation.tubes.map((tube) => {
    const number = annotations.tubes.get(tube.id)?.number ?? tube.number;
    return { ...tube, number };
  });
  return { ...operation, tubes };
}
