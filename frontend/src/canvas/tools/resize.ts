import { setBox } from "../../editor/actions/tubes";
import { cursorOf, resized, type Handle } from "../handles";
import type { SceneBox } from "../scene";
import type { Point } from "../view";
import { idle } from "./idle";
import type { ToolContext, ToolState } from "./tool";

/** A handle of the chosen box is held. */
export function resize(
  context: ToolContext,
  item: SceneBox,
  handle: Handle,
  from: Point,
): ToolState {
  return resizing(context, item, handle, from, null);
}

function resizing(
  context: ToolContext,
  item: SceneBox,
  handle: Handle,
  from: Point,
  preview: ToolState["preview"],
): ToolState {
  const { model } = context;
  const cursor = cursorOf({ kind: "handle", handle, item });
  const state: ToolState = {
    name: "resize",
    cursor,
    preview,
    crosshair: null,
    down: () => state,
    move: ({ point }) => {
      const { scale } = context.view();
      const [dx, dy] = [(point.x - from.x) / scale, (point.y - from.y) / scale];
      if (dx === 0 && dy === 0) return state;
      const box = resized(item.box, handle, dx, dy, model.video);
      return resizing(context, item, handle, from, { box, tubeId: item.tube.id });
    },
    up: () => {
      const tube = model.annotations.tubes.get(item.tube.id);
      if (preview && tube) setBox(model, tube, model.player.head.get().frame, preview.box);
      return idle(context, cursor);
    },
  };
  return state;
}
