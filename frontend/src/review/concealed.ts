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

/** Which tube is shown without what; null when nothing is hidden. */
export interface Concealed {
  readonly tubeId: string;
  readonly what: "proposals" | "everything";
}

export function concealedOf({ item, isRecognizing, tubeId }: Ui): Concealed | null {
  // Until the queue has said what this viewing is, it may be a blind one.
  if (isRecognizing && tubeId) return { tubeId, what: "everything" };
  if (!item?.blind || item.kind !== "tube" || !item.tube_id) return null;
  return { tubeId: item.tube_id, what: isSecondLook(item) ? "everything" : "proposals" };
}

/** The annotations without what is hidden; the very same object when nothing is. */
export function concealed(annotations: Annotations, hidden: Concealed | null): Annotations {
  if (!hidden) return annotations;
  const tube = annotations.tubes.get(hidden.tubeId);
  if (!tube) return annotations;
  const spans = without(annotations.spans, hiddenSpans(annotations, hidden));
  if (hidden.what === "proposals") return { ...annotations, spans };
  return {
    tubes: new Map(annotations.tubes).set(tube.id, { ...tube, state: "proposed", score: null }),
    spans,
    coverage: without(annotations.coverage, coverageOf(annotations, tube.id)),
  };
}

/** The actions on the tube that are not shown. */
export function hiddenSpans(annotations: Annotations, hidden: Concealed): readonly Span[] {
  const spans = spansOf(annotations, hidden.tubeId);
  return hidden.what === "everything" ? spans : spans.filter((span) => span.state === "proposed");
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
