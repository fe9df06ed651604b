import { boxFromCorners, clamp, clampBox } from "../../domain/box";
import { trackHere } from "../../editor/actions/track";
import { drawTube } from "../../editor/actions/tubes";
import { MIN_BOX_PX } from "../handles";
import { toSource, type Point } from "../view";
import { idle } from "./idle";
import { pan } from "./pan";
import type { ToolContext, ToolState } from "./tool";

/** A new box is being drawn: crosshair first, then corner to corner. */
export function draw(context: ToolContext, point: Point): ToolState {
  return drawing(context, null, point);
}

function drawing(context: ToolContext, from: Point | null, point: Point): ToolState {
  const { model } = context;
  const preview = from ? boxOf(context, from, point) : null;
  const state: ToolState = {
    name: "draw",
    cursor: "crosshair",
    preview: preview && { box: preview, tubeId: null },
    crosshair: point,
    down: (at) => {
      if (at.button === 1 || at.isSpaceDown) return pan(context, at.point);
      model.player.pause();
      return at.button === 0 ? drawing(context, at.point, at.point) : state;
    },
    move: (at) => {
      if (model.ui.get().tool !== "draw") return idle(context);
      return drawing(context, from, at.point);
    },
    up: (at) => {
      const box = from && boxOf(context, from, at.point);
      if (!box) return drawing(context, null, at.point);
      const { carries } = model.ui.get();
      model.ui.set({ tool: "select", carries: false });
      drawTube(model, model.player.head.get().frame, box);
      if (carries) trackHere(model);
      return idle(context);
    },
  };
  return state;
}

/** The drawn box inside the picture; null while it is too small to be meant. */
function boxOf(context: ToolContext, from: Point, to: Point) {
  const { width, height } = context.model.video;
  const [a, b] = [toSource(context.view(), from), toSource(context.view(), to)];
  const box = boxFromCorners(
    clamp(a.x, 0, width),
    clamp(a.y, 0, height),
    clamp(b.x, 0, width),
    clamp(b.y, 0, height),
  );
  if (!box || box[2] - box[0] < MIN_BOX_PX || box[3] - box[1] < MIN_BOX_PX) return null;
  return clampBox(box, width, height, MIN_BOX_PX);
}
