import { panned, type Point } from "../view";
import { idle } from "./idle";
import { CLICK_PX } from "./move";
import type { ToolContext, ToolState } from "./tool";

/** The picture is held. A press without movement is a click on nothing. */
export function pan(context: ToolContext, from: Point, onClick: () => void = () => {}): ToolState {
  let last = from;
  let isMoved = false;
  const state: ToolState = {
    name: "pan",
    cursor: "grabbing",
    preview: null,
    crosshair: null,
    down: () => state,
    move: ({ point }) => {
      if (!isMoved && Math.hypot(point.x - from.x, point.y - from.y) < CLICK_PX) return state;
      isMoved = true;
      const { view } = context.model;
      view.set(panned(view.get(), point.x - last.x, point.y - last.y));
      last = point;
      return state;
    },
    up: () => {
      if (!isMoved) onClick();
      return idle(context);
    },
  };
  return state;
}
