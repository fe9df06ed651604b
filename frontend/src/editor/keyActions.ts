/** What keys do that is more than one call. */
import { coverVisible, coverWhole, isVideoCovered } from "./actions/review";
import {
  dropSpan,
  moveEdgeHere,
  onlyThis,
  toggleHere,
  toggleMarking,
  toggleWhole,
} from "./actions/spans";
import { cancelTracking } from "./actions/track";
import * as tubes from "./actions/tubes";
import { labelKeys } from "./labelKeys";
import { reviewKeys } from "../review/reviewKeys";
import { pressAction, secondLook } from "../review/second";
import type { EditorSession } from "./session";
import type { Label } from "../domain/taxonomy";
import type { Span } from "../domain/span";

/** A label's key: on or off from here, or in review on the whole tube. */
export function pressLabel(session: EditorSession, label: Label, isShift: boolean): void {
  const { model } = session;
  const { mode, tubeId, spanId } = model.ui.get();
  const isAction = label.kind === "action";
  if (isAction && secondLook(model)) return pressAction(model, label, isShift);
  if (mode === "review" && isAction && tubeId) {
    if (isShift) onlyThis(model, label, tubeId);
    else toggleWhole(model, label, tubeId);
    return;
  }
  if (isShift || model.ui.get().marking?.labelId === label.id) return toggleMarking(model, label);
  const span = spanId ? model.annotations.spans.get(spanId) : undefined;
  if (span && span.label_id !== label.id && isAction === (span.tube_id !== null)) {
    model.edit(`Relabel to ${label.name}`, [
      { op: "span_set", span_id: span.id, label_id: label.id },
    ]);
    model.ui.set({ labelId: label.id });
    return;
  }
  toggleHere(model, label);
}

/** The label whose key this is: actions with a tube chosen, else segments. */
export function labelForKey(session: EditorSession, code: string): Label | null {
  const { model } = session;
  const tube = model.selectedTube;
  const isReview = tube !== null && model.ui.get().mode === "review";
  const keys = isReview ? reviewKeys(model, tube) : labelKeys(model.project.labels);
  const kind = tube ? "action" : "segment";
  return keys.find((entry) => entry.code === code && entry.label.kind === kind)?.label ?? null;
}

function chosenSpan({ model }: EditorSession): Span | undefined {
  const { spanId } = model.ui.get();
  return spanId ? model.annotations.spans.get(spanId) : undefined;
}

export function atEdge(session: EditorSession, edge: "start" | "end"): void {
  const { model } = session;
  const span = chosenSpan(session);
  if (span) moveEdgeHere(model, span, edge);
  else if (edge === "start") tubes.beginHere(model);
  else tubes.endHere(model);
}

export function removeOrEnd(session: EditorSession): void {
  const span = chosenSpan(session);
  if (span) dropSpan(session.model, span);
  else tubes.endHere(session.model);
}

export function acceptOrFinish(session: EditorSession): void {
  const { model, reviewer } = session;
  if (model.ui.get().isDone) reviewer.goOn();
  else reviewer.accept();
}

export function nothingElse({ model }: EditorSession): void {
  const { isDone } = model.ui.get();
  if (isDone && !isVideoCovered(model, model.annotations)) coverWhole(model);
  else coverVisible(model);
}

export function cancel({ model }: EditorSession): void {
  const { dialog, marking, tool, spanId } = model.ui.get();
  if (dialog) model.ui.set({ dialog: null });
  else if (cancelTracking(model)) return;
  else if (marking) model.ui.set({ marking: null });
  else if (tool !== "select") model.ui.set({ tool: "select" });
  else if (spanId) model.ui.set({ spanId: null });
  else model.select(null);
}
