/**
 * What a person must not see while they make up their own mind: in a blind viewing the model's
 * actions, in a second look all that has been said. Everything that shows annotations reads
 * `concealed`; everything that changes them reads the real ones.
 */
import type { QueueItem } from "../api/types";
import { coverageOf, spansOf, type Annotations } from "../domain/annotations";
import type { Span } from "../domain/span";
import type { Ui } from "../editor/ui";

export const isSecondLook = (item: QueueItem | null): boolean => item?.slice === "second";

/** Which tubes are shown without their proposed actions, and which one without anything. */
export interface Concealed {
  readonly proposals: ReadonlySet<string>;
  readonly everything: string | null;
}

export function concealedOf({ item, isRecognizing, tubeId, blindTubes }: Ui): Concealed {
  const asked = item?.blind && item.kind === "tube" ? item.tube_id : null;
  // Until the queue has said what this viewing is, it may be a blind one.
  const everything = isRecognizing ? tubeId : isSecondLook(item) ? asked : null;
  const isNew = asked !== null && !isSecondLook(item) && !blindTubes.has(asked);
  return { proposals: isNew ? new Set([...blindTubes, asked]) : blindTubes, everything };
}

export const isSame = (a: Concealed, b: Concealed): boolean =>
  a.everything === b.everything &&
  a.proposals.size === b.proposals.size &&
  [...a.proposals].every((id) => b.proposals.has(id));

/** The annotations without what is hidden; the very same object when nothing is. */
export function concealed(annotations: Annotations, hidden: Concealed): Annotations {
  const tube = annotations.tubes.get(hidden.everything ?? "");
  const spans = without(annotations.spans, hiddenSpans(annotations, hidden));
  if (!tube) return spans === annotations.spans ? annotations : { ...annotations, spans };
  return {
    tubes: new Map(annotations.tubes).set(tube.id, { ...tube, state: "proposed", score: null }),
    spans,
    coverage: without(annotations.coverage, coverageOf(annotations, tube.id)),
  };
}

function hiddenSpans(annotations: Annotations, { proposals, everything }: Concealed): Span[] {
  const unseen = [...proposals].flatMap((id) =>
    spansOf(annotations, id).filter((span) => span.state === "proposed"),
  );
  return everything ? [...unseen, ...spansOf(annotations, everything)] : unseen;
}

function without<T>(
  map: ReadonlyMap<string, T>,
  some: readonly { readonly id: string }[],
): ReadonlyMap<string, T> {
  if (some.length === 0) return map;
  const left = new Map(map);
  for (const { id } of some) left.delete(id);
  return left;
}
