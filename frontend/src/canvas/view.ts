import { clamp, heightPx, widthPx, type Box } from "../domain/box";

/** How source pixels lie on the stage: `stage = source * scale + offset`. */
export interface View {
  /** CSS pixels per source pixel; 0 until the stage has a size. */
  readonly scale: number;
  readonly x: number;
  readonly y: number;
  /** Follows the stage's size until the person zooms or pans. */
  readonly isFit: boolean;
}

export interface Size {
  readonly width: number;
  readonly height: number;
}

export interface Point {
  readonly x: number;
  readonly y: number;
}

export const FIT: View = { scale: 0, x: 0, y: 0, isFit: true };
const MARGIN_PX = 8;
const MAX_SCALE = 40;

/** The whole picture, centered. */
export function fitted(picture: Size, stage: Size): View {
  const scale = Math.max(
    0.01,
    Math.min(
      (stage.width - 2 * MARGIN_PX) / picture.width,
      (stage.height - 2 * MARGIN_PX) / picture.height,
    ),
  );
  return {
    scale,
    x: (stage.width - picture.width * scale) / 2,
    y: (stage.height - picture.height * scale) / 2,
    isFit: true,
  };
}

/** Zooms by a factor, keeping the point of the stage where it is. */
export function zoomedAt(view: View, point: Point, factor: number, least: number): View {
  const scale = clamp(view.scale * factor, least * 0.5, MAX_SCALE);
  const share = scale / view.scale;
  return {
    scale,
    x: point.x - (point.x - view.x) * share,
    y: point.y - (point.y - view.y) * share,
    isFit: false,
  };
}

export function panned(view: View, dx: number, dy: number): View {
  return { ...view, x: view.x + dx, y: view.y + dy, isFit: false };
}

/** A part of the picture made large, with its surroundings, but never larger than `most`. */
export function focused(part: Box, picture: Size, stage: Size, most = 2.5): View {
  const whole = fitted(picture, stage);
  const scale = clamp(
    Math.min(stage.width / (widthPx(part) * 1.9), stage.height / (heightPx(part) * 1.9)),
    whole.scale,
    whole.scale * most,
  );
  if (scale <= whole.scale * 1.05) return whole;
  const x = stage.width / 2 - ((part[0] + part[2]) / 2) * scale;
  const y = stage.height / 2 - ((part[1] + part[3]) / 2) * scale;
  return {
    scale,
    x: inside(x, picture.width * scale, stage.width),
    y: inside(y, picture.height * scale, stage.height),
    isFit: false,
  };
}

/** Keeps the picture's edge from leaving a gap where the picture could fill it. */
function inside(offset: number, length: number, room: number): number {
  if (length <= room) return (room - length) / 2;
  return clamp(offset, room - length, 0);
}

export function toSource(view: View, point: Point): Point {
  return { x: (point.x - view.x) / view.scale, y: (point.y - view.y) / view.scale };
}

export function toStage(view: View, x: number, y: number): Point {
  return { x: x * view.scale + view.x, y: y * view.scale + view.y };
}
