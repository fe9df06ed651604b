import { pickTube } from "../../editor/actions/tubes";
import { cursorOf, hitAt } from "../handles";
import { draw } from "./draw";
import { move } from "./move";
import { pan } from "./pan";
import { resize } from "./resize";
import type { PointerAt, ToolContext, ToolState } from "./tool";

/** Nothing is held: the pointer chooses what comes. */
export function idle(context: ToolContext, cursor = "default"): ToolState {
  const { model } = context;
  const state: ToolState = {
    name: "idle",
    cursor,
    preview: null,
    crosshair: null,
    down: (at) => press(context, state, at),
    move: (at) => {
      if (model.ui.get().tool === "draw") return draw(context, at.point);
      if (at.isSpaceDown) return idle(context, "grab");
      const hit = hitAt(context.scene(), context.view(), at.point);
      return idle(context, model.ui.get().tool === "merge" && hit ? "copy" : cursorOf(hit));
    },
    up: () => state,
  };
  return state;
}

function press(context: ToolContext, state: ToolState, at: PointerAt): ToolState {
  const { model } = context;
  if (at.button === 1 || at.isSpaceDown) return pan(context, at.point);
  if (at.button !== 0) return state;
  if (model.ui.get().tool === "draw") return draw(context, at.point).down(at);
  // What is shown now is what the person means, even if the video was still running.
  model.player.pause();
  const hit = hitAt(context.scene(), context.view(), at.point);
  if (!hit) return pan(context, at.point, () => pickTube(model, null));
  if (hit.kind === "handle") return resize(context, hit.item, hit.handle, at.point);
  if (model.ui.get().tool === "merge") {
    const other = context.scene().find((item) => !item.isSelected && item === hit.item);
    if (other) pickTube(model, other.tube.id);
    return idle(context);
  }
  if (!hit.item.isSelected) pickTube(model, hit.item.tube.id);
  return move(context, hit.item, at.point);
}
