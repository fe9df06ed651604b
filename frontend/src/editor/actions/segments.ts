/** Deciding about proposed segments of the video: the keys of tubes, on what is chosen. */
import { spansOf, type Annotations } from "../../domain/annotations";
import type { Span } from "../../domain/span";
import type { EditorModel } from "../model";
import { labelName } from "./spans";

/** Segments that wait for a person's word, from front to back. */
export function openSegments(annotations: Annotations): Span[] {
  return spansOf(annotations, null)
    .filter((span) => span.state === "proposed")
    .sort((a, b) => a.start_frame - b.start_frame || a.end_frame - b.end_frame);
}

/** The segment that is chosen, if it is one that a model proposed. */
export function chosenSegment(model: EditorModel): Span | undefined {
  const { spanId } = model.ui.get();
  const span = spanId ? model.annotations.spans.get(spanId) : undefined;
  return span?.tube_id === null && span.proposed !== null ? span : undefined;
}

/** Yes or no to a proposed segment; its time is not marked as reviewed by that. */
export function decideSegment(
  model: EditorModel,
  span: Span,
  decision: "accepted" | "rejected",
): boolean {
  const what = decision === "accepted" ? "Accept" : "Reject";
  return model.edit(`${what} ${labelName(model, span.label_id)}`, [
    { op: "span_decide", span_id: span.id, decision },
  ]);
}
