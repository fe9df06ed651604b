import { boxFrom } from "./box";
import { InvalidInput, InvalidOperation } from "./errors";
import type { Coverage, Span } from "./span";
import { startFrame, type Keyframe, type Tube } from "./tube";

export type ObjectKind = "tube" | "span" | "coverage";

/** Everything said about one video. Values are immutable; an edit makes new maps. */
export interface Annotations {
  readonly tubes: ReadonlyMap<string, Tube>;
  readonly spans: ReadonlyMap<string, Span>;
  readonly coverage: ReadonlyMap<string, Coverage>;
}

export interface ObjectIds {
  readonly tubes: readonly string[];
  readonly spans: readonly string[];
  readonly coverage: readonly string[];
}

export interface ObjectLists {
  readonly tubes: readonly Tube[];
  readonly spans: readonly Span[];
  readonly coverage: readonly Coverage[];
}

/** One object before and after; null where it was not there. */
export type Change =
  | { kind: "tube"; id: string; before: Tube | null; after: Tube | null }
  | { kind: "span"; id: string; before: Span | null; after: Span | null }
  | { kind: "coverage"; id: string; before: Coverage | null; after: Coverage | null };

export const EMPTY: Annotations = { tubes: new Map(), spans: new Map(), coverage: new Map() };

export function annotationsFrom(lists: ObjectLists): Annotations {
  return {
    tubes: new Map(lists.tubes.map((tube) => [tube.id, tubeFrom(tube)])),
    spans: new Map(lists.spans.map((span) => [span.id, span])),
    coverage: new Map(lists.coverage.map((coverage) => [coverage.id, coverage])),
  };
}

/** Checks and sorts the keyframes of a tube that came over the wire. */
export function tubeFrom(tube: Tube): Tube {
  const keyframes: Keyframe[] = tube.keyframes.map((k) => ({
    frame: k.frame,
    box: boxFrom(k.box),
    occluded: k.occluded ?? false,
    outside: k.outside ?? false,
  }));
  keyframes.sort((a, b) => a.frame - b.frame);
  if (keyframes.length === 0 || keyframes.some((k, i) => k.frame === keyframes[i + 1]?.frame)) {
    throw new InvalidInput(`Tube ${tube.id} needs at least one keyframe, and one per frame.`);
  }
  return { ...tube, keyframes };
}

/**
 * Takes in whole objects and removals as the server tells them at `revision`. An answer may be
 * older than what is known (a replayed commit): an object never goes back to an earlier revision.
 */
export function merged(
  annotations: Annotations,
  lists: ObjectLists,
  removed: ObjectIds,
  revision: number,
): Annotations {
  return {
    tubes: replaced(annotations.tubes, lists.tubes.map(tubeFrom), removed.tubes, revision),
    spans: replaced(annotations.spans, lists.spans, removed.spans, revision),
    coverage: replaced(annotations.coverage, lists.coverage, removed.coverage, revision),
  };
}

function replaced<T extends { readonly id: string; readonly revision: number }>(
  map: ReadonlyMap<string, T>,
  values: readonly T[],
  removed: readonly string[],
  revision: number,
): ReadonlyMap<string, T> {
  if (values.length === 0 && removed.length === 0) return map;
  const next = new Map(map);
  for (const id of removed) if ((map.get(id)?.revision ?? 0) <= revision) next.delete(id);
  for (const value of values) {
    if ((map.get(value.id)?.revision ?? 0) <= value.revision) next.set(value.id, value);
  }
  return next;
}

/** Spans on a tube (null: on the video) in order of time. Indexed once per state. */
export function spansOf(annotations: Annotations, tubeId: string | null): readonly Span[] {
  return indexOf(annotations.spans).get(tubeId) ?? NO_SPANS;
}

export function coverageOf(annotations: Annotations, tubeId: string | null): readonly Coverage[] {
  return indexOf(annotations.coverage).get(tubeId) ?? NO_COVERAGE;
}

/** The same empty lists each time, so that what shows them need not be drawn again. */
const NO_SPANS: readonly Span[] = [];
const NO_COVERAGE: readonly Coverage[] = [];

interface Owned {
  readonly id: string;
  readonly tube_id: string | null;
  readonly start_frame: number;
}

const indexes = new WeakMap<object, Map<string | null, Owned[]>>();

function indexOf<T extends Owned>(map: ReadonlyMap<string, T>): Map<string | null, T[]> {
  const known = indexes.get(map) as Map<string | null, T[]> | undefined;
  if (known) return known;
  const index = new Map<string | null, T[]>();
  for (const item of map.values()) {
    const list = index.get(item.tube_id);
    if (list) list.push(item);
    else index.set(item.tube_id, [item]);
  }
  for (const list of index.values()) {
    list.sort((a, b) => a.start_frame - b.start_frame || (a.id < b.id ? -1 : 1));
  }
  indexes.set(map, index);
  return index;
}

/** Tubes in the order people know them: by number, unsaved ones last by their first frame. */
export function tubesInOrder(annotations: Annotations): Tube[] {
  return [...annotations.tubes.values()].sort(
    (a, b) =>
      (a.number ?? Infinity) - (b.number ?? Infinity) ||
      startFrame(a) - startFrame(b) ||
      (a.id < b.id ? -1 : 1),
  );
}

/** A copy with these changes made. Tables that nothing changes in stay the same object. */
export function changed(annotations: Annotations, changes: readonly Change[]): Annotations {
  const has = (kind: ObjectKind) => changes.some((change) => change.kind === kind);
  const tubes = has("tube") ? new Map(annotations.tubes) : annotations.tubes;
  const spans = has("span") ? new Map(annotations.spans) : annotations.spans;
  const coverage = has("coverage") ? new Map(annotations.coverage) : annotations.coverage;
  for (const change of changes) {
    if (change.kind === "tube") place(tubes as Map<string, Tube>, change.id, change.after);
    else if (change.kind === "span") place(spans as Map<string, Span>, change.id, change.after);
    else place(coverage as Map<string, Coverage>, change.id, change.after);
  }
  return { tubes, spans, coverage };
}

function place<T>(map: Map<string, T>, id: string, value: T | null): void {
  if (value) map.set(id, value);
  else map.delete(id);
}

/** The tube, or `InvalidOperation` when it is gone. */
export function tubeIn(annotations: Annotations, id: string): Tube {
  const tube = annotations.tubes.get(id);
  if (!tube) {
    throw new InvalidOperation(`There is no tube ${id}; it may have been removed meanwhile.`);
  }
  return tube;
}

/** The span, or `InvalidOperation` when it is gone. */
export function spanIn(annotations: Annotations, id: string): Span {
  const span = annotations.spans.get(id);
  if (!span) {
    throw new InvalidOperation(`There is no span ${id}; it may have been removed meanwhile.`);
  }
  return span;
}
