import { liveSpans } from "../editor/actions/spans";
import { grabBox } from "../editor/actions/tubes";
import type { EditorModel } from "../editor/model";
import type { Ui } from "../editor/ui";
import type { Box } from "../domain/box";
import { isConfirmed } from "../domain/state";
import { boxAt, keyframeAt, keyframeOn, type Frame, type Tube } from "../domain/tube";

export type BoxStyle = "proposed" | "confirmed" | "rejected";

/** One box on the picture, ready to be drawn and hit. */
export interface SceneBox {
  readonly tube: Tube;
  readonly box: Box;
  readonly style: BoxStyle;
  readonly caption: string;
  readonly color: string;
  readonly isSelected: boolean;
  readonly isOccluded: boolean;
  readonly isKeyframe: boolean;
  /** Not there on this frame: held from the nearest end, to be grabbed. */
  readonly isGhost: boolean;
}

/** What stands on the picture at a frame; the chosen tube last, so on top. */
export function sceneAt(model: EditorModel, frame: Frame): SceneBox[] {
  const ui = model.ui.get();
  const boxes: SceneBox[] = [];
  for (const tube of model.shown.tubes.values()) {
    if (!isShown(tube, ui)) continue;
    const item = sceneBox(model, tube, frame, tube.id === ui.tubeId);
    if (item) boxes.push(item);
  }
  return boxes.sort((a, b) => Number(a.isSelected) - Number(b.isSelected));
}

function isShown(tube: Tube, ui: Ui): boolean {
  if (tube.id === ui.tubeId) return true;
  if (!ui.showBoxes) return false;
  return tube.state !== "rejected" || ui.showRejected || ui.filter === "rejected";
}

function sceneBox(
  model: EditorModel,
  tube: Tube,
  frame: Frame,
  isSelected: boolean,
): SceneBox | null {
  const visible = boxAt(tube, frame);
  const grabbed = isSelected && !visible ? grabBox(tube, frame) : null;
  const box = visible ?? grabbed?.box;
  if (!box) return null;
  return {
    tube,
    box,
    style: styleOf(tube),
    caption: captionOf(model, tube, frame),
    color: model.labels.get(tube.label_id)?.color ?? "#cccccc",
    isSelected,
    isOccluded: visible !== null && keyframeAt(tube, frame).occluded,
    isKeyframe: keyframeOn(tube, frame) !== null,
    isGhost: visible === null,
  };
}

export function styleOf(tube: Tube): BoxStyle {
  if (isConfirmed(tube.state)) return "confirmed";
  return tube.state === "rejected" ? "rejected" : "proposed";
}

/** Person number and what it does on this frame. */
function captionOf(model: EditorModel, tube: Tube, frame: Frame): string {
  const actions = liveSpans(model, tube.id)
    .filter((span) => span.start_frame <= frame && frame < span.end_frame)
    .map((span) => model.labels.get(span.label_id)?.name ?? "?");
  return [tube.number === null ? "new" : String(tube.number), ...new Set(actions)].join(" · ");
}
