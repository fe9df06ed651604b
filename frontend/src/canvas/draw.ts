import { heightPx, widthPx, type Box } from "../domain/box";
import { HANDLES, handlePoint } from "./handles";
import type { SceneBox } from "./scene";
import { shortened } from "./text";
import { toStage, type Point, type Size, type View } from "./view";

export interface Picture {
  readonly scene: readonly SceneBox[];
  readonly view: View;
  readonly stage: Size;
  readonly picture: Size;
  /** A box under the person's hand, which is not an edit yet. */
  readonly preview: { box: Box; tubeId: string | null } | null;
  readonly crosshair: Point | null;
}

const FONT = "600 12px Inter, system-ui, sans-serif";
const PROPOSED = "#b79bff";
const REJECTED = "#8b95a3";
const SELECTED = "#ffffff";

/** Draws everything that lies over the picture; the canvas is already scaled to CSS pixels. */
export function drawOverlay(ctx: CanvasRenderingContext2D, picture: Picture): void {
  ctx.clearRect(0, 0, picture.stage.width, picture.stage.height);
  if (picture.view.scale === 0) return;
  ctx.font = FONT;
  ctx.textBaseline = "middle";
  for (const item of picture.scene) {
    const preview = picture.preview?.tubeId === item.tube.id ? picture.preview.box : null;
    drawBox(ctx, picture.view, preview ? { ...item, box: preview, isGhost: false } : item);
  }
  if (picture.preview?.tubeId === null) drawNew(ctx, picture.view, picture.preview.box);
  if (picture.crosshair) drawCrosshair(ctx, picture);
}

function drawBox(ctx: CanvasRenderingContext2D, view: View, item: SceneBox): void {
  const rect = rectOf(view, item.box);
  const color = strokeOf(item);
  ctx.save();
  ctx.globalAlpha = item.isGhost ? 0.55 : item.style === "rejected" ? 0.5 : 1;
  if (item.isSelected) {
    ctx.fillStyle = "rgb(255 255 255 / 7%)";
    ctx.fillRect(...rect);
  }
  // A dark line under the colored one keeps it visible on any picture.
  ctx.strokeStyle = "rgb(0 0 0 / 65%)";
  ctx.lineWidth = item.isSelected ? 4.5 : 3.5;
  ctx.strokeRect(...rect);
  ctx.strokeStyle = color;
  ctx.lineWidth = item.isSelected ? 2.5 : 1.75;
  ctx.setLineDash(dashOf(item));
  ctx.strokeRect(...rect);
  ctx.setLineDash([]);
  drawCaption(ctx, rect, item, color);
  if (item.isSelected) drawHandles(ctx, view, item, color);
  ctx.restore();
}

function strokeOf(item: SceneBox): string {
  if (item.style === "rejected") return REJECTED;
  if (item.style === "proposed") return PROPOSED;
  return item.color;
}

function dashOf(item: SceneBox): number[] {
  if (item.isGhost) return [2, 5];
  if (item.isOccluded) return [2, 3];
  return item.style === "proposed" ? [7, 4] : [];
}

function drawCaption(
  ctx: CanvasRenderingContext2D,
  [x, y, width]: Rect,
  item: SceneBox,
  color: string,
): void {
  const text = shortened(ctx, item.caption, Math.max(width, item.isSelected ? 220 : 110));
  const wide = ctx.measureText(text).width + 10;
  const top = y - 19 < 0 ? y + 2 : y - 19;
  ctx.fillStyle = item.isSelected ? color : "rgb(10 13 17 / 78%)";
  ctx.beginPath();
  ctx.roundRect(x - 1, top, wide, 17, 3);
  ctx.fill();
  ctx.fillStyle = item.isSelected ? "#0a0d11" : color;
  ctx.fillText(text, x + 4, top + 9);
}

function drawHandles(
  ctx: CanvasRenderingContext2D,
  view: View,
  item: SceneBox,
  color: string,
): void {
  ctx.lineWidth = 1.5;
  for (const handle of HANDLES) {
    const { x, y } = handlePoint(view, item.box, handle);
    ctx.beginPath();
    ctx.rect(x - 3.5, y - 3.5, 7, 7);
    // Filled handles say: this frame is a keyframe.
    ctx.fillStyle = item.isKeyframe ? SELECTED : "#0f1216";
    ctx.strokeStyle = item.isKeyframe ? "#0f1216" : color;
    ctx.fill();
    ctx.stroke();
  }
}

function drawNew(ctx: CanvasRenderingContext2D, view: View, box: Box): void {
  const rect = rectOf(view, box);
  ctx.fillStyle = "rgb(90 169 255 / 16%)";
  ctx.fillRect(...rect);
  ctx.strokeStyle = "#5aa9ff";
  ctx.lineWidth = 2;
  ctx.strokeRect(...rect);
  const size = `${Math.round(widthPx(box))} × ${Math.round(heightPx(box))}`;
  ctx.fillStyle = "#ffffff";
  ctx.fillText(size, rect[0] + 4, rect[1] + rect[3] + 11);
}

function drawCrosshair(ctx: CanvasRenderingContext2D, { crosshair, stage }: Picture): void {
  const { x, y } = crosshair!;
  ctx.strokeStyle = "rgb(255 255 255 / 55%)";
  ctx.lineWidth = 1;
  ctx.beginPath();
  ctx.moveTo(0, y + 0.5);
  ctx.lineTo(stage.width, y + 0.5);
  ctx.moveTo(x + 0.5, 0);
  ctx.lineTo(x + 0.5, stage.height);
  ctx.stroke();
}

type Rect = [number, number, number, number];

function rectOf(view: View, box: Box): Rect {
  const a = toStage(view, box[0], box[1]);
  const b = toStage(view, box[2], box[3]);
  return [a.x, a.y, b.x - a.x, b.y - a.y];
}
