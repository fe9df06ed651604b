import { moveBox } from "../../domain/box";
import { pickTube, setBox } from "../../editor/actions/tubes";
import { smallestAt } from "../handles";
import type { SceneBox } from "../scene";
import type { Point } from "../view";
import { idle } from "./idle";
import type { ToolContext, ToolState } from "./tool";

/** A press shorter than this is a click: it chooses and changes nothing. */
export const CLICK_PX = 3;

/** A box is held. Only a real movement makes a keyframe. */
export function move(context: ToolContext, item: SceneBox, from: Point): ToolState {
  return moving(context, item, from, null);
}

function moving(
  context: ToolContext,
  item: SceneBox,
  from: Point,
  preview: ToolState["preview"],
): ToolState {
  const { model } = context;
  const state: ToolState = {
    name: "move",
    cursor: "move",
    preview,
    crosshair: null,
    down: () => state,
    move: ({ point }) => {
      const [dx, dy] = [point.x - from.x, point.y - from.y];
      if (!preview && Math.hypot(dx, dy) < CLICK_PX) return state;
      const { scale } = context.view();
      const { width, height } = model.video;
      const box = moveBox(item.box, dx / scale, dy / scale, width, height);
      return moving(context, item, from, { box, tubeId: item.tube.id });
    },
    up: ({ point }) => {
      if (preview) {
        const tube = model.annotations.tubes.get(item.tube.id);
        if (tube) setBox(model, tube, model.player.head.get().frame, preview.box);
      } else if (item.isSelected) {
        const smaller = smallestAt(context.scene(), context.view(), point);
        if (smaller) pickTube(model, smaller.tube.id);
      }
      return idle(context, "move");
    },
  };
  return state;
}
