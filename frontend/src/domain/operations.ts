/**
 * Everything that can be done to the annotations of a video, as pure functions.
 *
 * The same operations exist in Python; both are held to tests/shared/operations.json.
 */
import { changed, type Annotations, type Change, type ObjectIds } from "./annotations";
import { same } from "./equality";
import { InvalidInput, InvalidOperation } from "./errors";
import { coverageAdd, coverageRemove } from "./operationsCoverage";
import { restore } from "./operationsRestore";
import { spanAdd, spanDecide, spanRemove, spanSet } from "./operationsSpan";
import * as tubes from "./operationsTube";
import type { Coverage, Span } from "./span";
import type { Decision } from "./state";
import type { Keyframe, Tube } from "./tube";

type NewTube = Pick<Tube, "id" | "label_id" | "keyframes"> & Partial<Tube>;
type NewSpan = Pick<Span, "id" | "tube_id" | "label_id" | "start_frame" | "end_frame"> &
  Partial<Span>;
type NewCoverage = Omit<Coverage, "revision"> & Partial<Coverage>;

/** What each operation carries besides its name. */
export interface Operations {
  tube_add: { tube: NewTube };
  tube_remove: { tube_id: string };
  tube_relabel: { tube_id: string; label_id: number };
  tube_trim: { tube_id: string; start_frame: number; end_frame: number };
  tube_split: {
    tube_id: string;
    frame: number;
    new_tube_id: string;
    new_span_ids: Readonly<Record<string, string>>;
  };
  tube_merge: { tube_id: string; other_id: string };
  tube_decide: { tube_id: string; decision: Decision };
  keyframe_set: { tube_id: string } & Keyframe;
  keyframe_remove: { tube_id: string; frame: number };
  span_add: { span: NewSpan };
  span_set: { span_id: string; start_frame?: number; end_frame?: number; label_id?: number };
  span_remove: { span_id: string };
  span_decide: { span_id: string; decision: Decision };
  coverage_add: { coverage: NewCoverage };
  coverage_remove: { coverage_id: string };
  restore: {
    tubes: readonly Tube[];
    spans: readonly Span[];
    coverage: readonly Coverage[];
    removed: ObjectIds;
  };
}

export type OperationName = keyof Operations;
export type Operation = { [Name in OperationName]: { op: Name } & Operations[Name] }[OperationName];
export type RestoreOperation = Extract<Operation, { op: "restore" }>;

type Handlers = {
  [Name in OperationName]: (annotations: Annotations, op: Operations[Name]) => Change[];
};

const HANDLERS: Handlers = {
  tube_add: tubes.tubeAdd,
  tube_remove: tubes.tubeRemove,
  tube_relabel: tubes.tubeRelabel,
  tube_trim: tubes.tubeTrim,
  tube_split: tubes.tubeSplit,
  tube_merge: tubes.tubeMerge,
  tube_decide: tubes.tubeDecide,
  keyframe_set: tubes.keyframeSet,
  keyframe_remove: tubes.keyframeRemove,
  span_add: spanAdd,
  span_set: spanSet,
  span_remove: spanRemove,
  span_decide: spanDecide,
  coverage_add: coverageAdd,
  coverage_remove: coverageRemove,
  restore,
};

export interface Applied {
  readonly annotations: Annotations;
  /** One per object touched: before the first operation and after the last. */
  readonly changes: readonly Change[];
}

/** Runs operations one after the other. Throws `InvalidOperation`; nothing is applied then. */
export function apply(annotations: Annotations, operations: readonly Operation[]): Applied {
  const total = new Map<string, Change>();
  let current = annotations;
  operations.forEach((operation, index) => {
    const changes = changesOf(current, operation, index);
    for (const change of changes) {
      const first = total.get(change.id);
      total.set(change.id, (first ? { ...change, before: first.before } : change) as Change);
    }
    current = changed(current, changes);
  });
  const changes = [...total.values()].filter((change) => !same(change.before, change.after));
  return { annotations: current, changes };
}

/** The `restore` operation that undoes these changes. */
export function inverse(changes: readonly Change[]): RestoreOperation {
  return restoreTo(changes, "before");
}

/** The `restore` operation that makes these changes again. */
export function forward(changes: readonly Change[]): RestoreOperation {
  return restoreTo(changes, "after");
}

function restoreTo(changes: readonly Change[], side: "before" | "after"): RestoreOperation {
  const kept = { tubes: [] as Tube[], spans: [] as Span[], coverage: [] as Coverage[] };
  const removed = { tubes: [] as string[], spans: [] as string[], coverage: [] as string[] };
  for (const change of changes) {
    const value = change[side];
    if (change.kind === "tube") push(kept.tubes, removed.tubes, change.id, value as Tube | null);
    else if (change.kind === "span") {
      push(kept.spans, removed.spans, change.id, value as Span | null);
    } else push(kept.coverage, removed.coverage, change.id, value as Coverage | null);
  }
  return { op: "restore", ...kept, removed };
}

function push<T>(kept: T[], removed: string[], id: string, value: T | null): void {
  if (value) kept.push(value);
  else removed.push(id);
}

function changesOf(annotations: Annotations, operation: Operation, index: number): Change[] {
  const detail = { index, op: operation.op };
  const handler = HANDLERS[operation.op] as
    | ((annotations: Annotations, op: Operation) => Change[])
    | undefined;
  if (!handler) {
    const known = Object.keys(HANDLERS).sort().join(", ");
    throw new InvalidOperation(`Unknown operation '${operation.op}'; known are ${known}.`, detail);
  }
  try {
    return handler(annotations, operation);
  } catch (error) {
    if (error instanceof InvalidInput) throw new InvalidOperation(error.message, detail);
    throw error;
  }
}
