import { areaPx, clamp, type Box } from "../domain/box";
import { box as makeBox } from "../domain/box";
import type { SceneBox } from "./scene";
import { toSource, toStage, type Point, type Size, type View } from "./view";

export type Handle = "nw" | "n" | "ne" | "e" | "se" | "s" | "sw" | "w";

export const HANDLES: readonly Handle[] = ["nw", "n", "ne", "e", "se", "s", "sw", "w"];
export const MIN_BOX_PX = 4;
const REACH_PX = 7;

export type Hit =
  | { kind: "handle"; handle: Handle; item: SceneBox }
  | { kind: "box"; item: SceneBox }
  | null;

/** Where a handle of a box lies on the stage. */
export function handlePoint(view: View, box: Box, handle: Handle): Point {
  const x = handle.includes("w") ? box[0] : handle.includes("e") ? box[2] : (box[0] + box[2]) / 2;
  const y = handle.includes("n") ? box[1] : handle.includes("s") ? box[3] : (box[1] + box[3]) / 2;
  return toStage(view, x, y);
}

/** What lies under a point of the stage: a handle of the chosen box, that box, the smallest other. */
export function hitAt(scene: readonly SceneBox[], view: View, point: Point): Hit {
  const selected = scene.find((item) => item.isSelected);
  if (selected) {
    for (const handle of HANDLES) {
      const at = handlePoint(view, selected.box, handle);
      if (Math.abs(at.x - point.x) <= REACH_PX && Math.abs(at.y - point.y) <= REACH_PX) {
        return { kind: "handle", handle, item: selected };
      }
    }
    if (contains(selected.box, view, point)) return { kind: "box", item: selected };
  }
  const item = smallestAt(scene, view, point);
  return item ? { kind: "box", item } : null;
}

/** The smallest box under a point: in a crowd the one that is hardest to reach otherwise. */
export function smallestAt(scene: readonly SceneBox[], view: View, point: Point): SceneBox | null {
  let best: SceneBox | null = null;
  for (const item of scene) {
    if (!contains(item.box, view, point)) continue;
    if (!best || areaPx(item.box) < areaPx(best.box)) best = item;
  }
  return best;
}

function contains(box: Box, view: View, point: Point): boolean {
  const reach = 2 / view.scale;
  const { x, y } = toSource(view, point);
  return x >= box[0] - reach && x <= box[2] + reach && y >= box[1] - reach && y <= box[3] + reach;
}

/** The box with one handle moved; sides may cross, and then they change names. */
export function resized(box: Box, handle: Handle, dx: number, dy: number, picture: Size): Box {
  let [x1, y1, x2, y2] = [box[0], box[1], box[2], box[3]] as number[] as [
    number,
    number,
    number,
    number,
  ];
  if (handle.includes("w")) x1 = clamp(x1 + dx, 0, picture.width);
  if (handle.includes("e")) x2 = clamp(x2 + dx, 0, picture.width);
  if (handle.includes("n")) y1 = clamp(y1 + dy, 0, picture.height);
  if (handle.includes("s")) y2 = clamp(y2 + dy, 0, picture.height);
  const [left, right] = apart(x1, x2, picture.width);
  const [top, bottom] = apart(y1, y2, picture.height);
  return makeBox(left, top, right, bottom);
}

/** Sorted, and at least the smallest size from one another inside the picture. */
function apart(a: number, b: number, most: number): [number, number] {
  const low = Math.min(a, b);
  const high = Math.max(a, b);
  if (high - low >= MIN_BOX_PX) return [low, high];
  const start = clamp(low, 0, most - MIN_BOX_PX);
  return [start, start + MIN_BOX_PX];
}

export function cursorOf(hit: Hit): string {
  if (!hit) return "default";
  if (hit.kind === "box") return hit.item.isSelected ? "move" : "pointer";
  const axis = {
    n: "ns",
    s: "ns",
    e: "ew",
    w: "ew",
    nw: "nwse",
    se: "nwse",
    ne: "nesw",
    sw: "nesw",
  };
  return `${axis[hit.handle]}-resize`;
}
