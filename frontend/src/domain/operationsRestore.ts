import { changed, tubeFrom, type Annotations, type Change } from "./annotations";
import { InvalidOperation } from "./errors";
import type { Operations } from "./operations";

/** Puts whole objects back, and takes away those named in `removed`: what undo and redo send. */
export function restore(annotations: Annotations, op: Operations["restore"]): Change[] {
  const { tubes, spans, coverage } = annotations;
  const changes: Change[] = [
    ...(op.tubes ?? []).map(
      (after): Change => ({
        kind: "tube",
        id: after.id,
        before: tubes.get(after.id) ?? null,
        after: tubeFrom(after),
      }),
    ),
    ...(op.spans ?? []).map(
      (after): Change => ({
        kind: "span",
        id: after.id,
        before: spans.get(after.id) ?? null,
        after,
      }),
    ),
    ...(op.coverage ?? []).map(
      (after): Change => ({
        kind: "coverage",
        id: after.id,
        before: coverage.get(after.id) ?? null,
        after,
      }),
    ),
    ...removals("tube", tubes, op.removed?.tubes),
    ...removals("span", spans, op.removed?.spans),
    ...removals("coverage", coverage, op.removed?.coverage),
  ];
  checkAttached(changed(annotations, changes));
  return changes;
}

function removals<T>(
  kind: Change["kind"],
  map: ReadonlyMap<string, T>,
  ids: readonly string[] = [],
): Change[] {
  return ids
    .filter((id) => map.has(id))
    .map((id) => ({ kind, id, before: map.get(id), after: null }) as Change);
}

function checkAttached(annotations: Annotations): void {
  for (const item of [...annotations.spans.values(), ...annotations.coverage.values()]) {
    if (item.tube_id !== null && !annotations.tubes.has(item.tube_id)) {
      throw new InvalidOperation(`${item.id} would be left on tube ${item.tube_id}, now gone.`);
    }
  }
}
