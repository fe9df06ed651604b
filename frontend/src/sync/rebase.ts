/** Pure rules for putting unsent work on top of what the server says. */
import type { Annotations } from "../domain/annotations";
import { newId } from "../domain/id";
import { apply, forward, type Operation, type RestoreOperation } from "../domain/operations";
import type { Commit, ConflictObject } from "./commit";

/**
 * What the person sees: the server's state with all unsent commits on top. Work that no longer
 * fits (its tube was removed elsewhere) is passed over; the server will report it as a conflict.
 */
export function viewOf(base: Annotations, pending: readonly Commit[]): Annotations {
  let view = base;
  for (const commit of pending) view = applyWhatFits(view, commit.operations).annotations;
  return view;
}

function applyWhatFits(annotations: Annotations, operations: readonly Operation[]) {
  const fitting: Operation[] = [];
  let current = annotations;
  for (const operation of operations) {
    try {
      current = apply(current, [operation]).annotations;
      fitting.push(operation);
    } catch {
      // Passed over on purpose: see viewOf.
    }
  }
  return { annotations: current, fitting };
}

/** A commit based on a later revision, when nobody else touched its objects up to there. */
export function advanced(commit: Commit, revision: number, foreign: ReadonlySet<string>): Commit {
  const isFree = !commit.touched.some((id) => foreign.has(id));
  return isFree && revision > commit.base_revision
    ? { ...commit, base_revision: revision }
    : commit;
}

/** Drops what the commits do to the conflicting objects, and what cannot be done without it. */
export function keptTheirs(
  before: Annotations,
  after: Annotations,
  pending: readonly Commit[],
  conflict: readonly ConflictObject[],
  revision: number,
): Commit[] {
  const disputed = new Set(conflict.map((object) => object.id));
  let mine = before;
  let theirs = after;
  return pending.flatMap((commit) => {
    const undisputed: Operation[] = [];
    for (const operation of commit.operations) {
      const { ids, annotations } = touchedBy(mine, operation);
      mine = annotations;
      if (![...ids].some((id) => disputed.has(id))) undisputed.push(operation);
    }
    const { annotations, fitting } = applyWhatFits(theirs, undisputed);
    theirs = annotations;
    if (fitting.length === 0) return [];
    return [{ ...commit, commit_id: newId(), operations: fitting, base_revision: revision }];
  });
}

/**
 * Does the commits again on top of what others made of the objects. Where that no longer works
 * (theirs is removed), my whole objects are put back instead.
 */
export function appliedMine(
  before: Annotations,
  after: Annotations,
  pending: readonly Commit[],
  revision: number,
): Commit[] {
  let mine = before;
  let theirs = after;
  return pending.map((commit) => {
    const own = tryApply(mine, commit.operations);
    const onTheirs = tryApply(theirs, commit.operations);
    const operations =
      onTheirs || !own ? commit.operations : [withTubes(forward(own.changes), theirs, mine)];
    mine = own?.annotations ?? mine;
    theirs = onTheirs?.annotations ?? tryApply(theirs, operations)?.annotations ?? theirs;
    return { ...commit, commit_id: newId(), operations, base_revision: revision };
  });
}

/** Adds the tubes that restored spans stand on and that are not there any more. */
function withTubes(restore: RestoreOperation, theirs: Annotations, mine: Annotations) {
  const there = new Set([...theirs.tubes.keys(), ...restore.tubes.map((tube) => tube.id)]);
  const needed = [...restore.spans, ...restore.coverage].map((item) => item.tube_id);
  const tubes = [...restore.tubes];
  for (const id of needed) {
    const tube = id !== null && !there.has(id) ? mine.tubes.get(id) : undefined;
    if (tube) {
      tubes.push(tube);
      there.add(tube.id);
    }
  }
  return { ...restore, tubes };
}

function tryApply(annotations: Annotations, operations: readonly Operation[]) {
  try {
    return apply(annotations, operations);
  } catch {
    return null;
  }
}

function touchedBy(annotations: Annotations, operation: Operation) {
  const applied = tryApply(annotations, [operation]);
  return {
    ids: new Set(applied?.changes.map((change) => change.id)),
    annotations: applied?.annotations ?? annotations,
  };
}
