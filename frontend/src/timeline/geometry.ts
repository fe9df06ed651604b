/** Where everything lies on the timeline, in CSS pixels; no drawing, no state. */
import { coverageOf, spansOf, tubesInOrder, type Annotations } from "../domain/annotations";
import type { FrameRange, Span } from "../domain/span";
import { endFrame, startFrame, type Tube } from "../domain/tube";
import type { TimeWindow } from "./window";

export const GUTTER_PX = 132;
export const RULER_PX = 24;
const LANE_PX = 16;
const BAR_PX = 13;
const PAD_PX = 3;
const EDGE_REACH_PX = 5;
const KEYFRAME_REACH_PX = 5;

export interface SpanBar {
  readonly span: Span;
  /** Row of its stack, from 0. */
  readonly lane: number;
}

/** One row: the video (tube null) or a tube. Heights below the ruler, before scrolling. */
export interface Row {
  readonly tube: Tube | null;
  readonly top: number;
  readonly height: number;
  readonly bars: readonly SpanBar[];
  readonly laneCount: number;
  readonly covered: readonly FrameRange[];
}

export interface Layout {
  /** The video's own row, which stays in sight. */
  readonly video: Row;
  readonly rows: readonly Row[];
  /** Height of all tube rows. */
  readonly height: number;
}

export interface RowFilter {
  readonly showsTube: (tube: Tube) => boolean;
  readonly showsSpan: (span: Span) => boolean;
}

/** Spans stacked so that none lies over another, few lanes, in order of start. */
export function stacked(spans: readonly Span[]): { bars: SpanBar[]; laneCount: number } {
  const ends: number[] = [];
  const bars = [...spans]
    .sort((a, b) => a.start_frame - b.start_frame || b.end_frame - a.end_frame)
    .map((span) => {
      let lane = ends.findIndex((end) => end <= span.start_frame);
      if (lane < 0) lane = ends.length;
      ends[lane] = span.end_frame;
      return { span, lane };
    });
  return { bars, laneCount: ends.length };
}

export function layoutOf(annotations: Annotations, filter: RowFilter): Layout {
  const video = rowOf(annotations, null, 0, filter);
  let top = 0;
  const rows: Row[] = [];
  for (const tube of tubesInOrder(annotations)) {
    if (!filter.showsTube(tube)) continue;
    const row = rowOf(annotations, tube, top, filter);
    rows.push(row);
    top += row.height;
  }
  return { video, rows, height: top };
}

function rowOf(annotations: Annotations, tube: Tube | null, top: number, filter: RowFilter): Row {
  const spans = spansOf(annotations, tube?.id ?? null).filter(filter.showsSpan);
  const { bars, laneCount } = stacked(spans);
  const lanes = tube ? laneCount : Math.max(1, laneCount);
  const height = 2 * PAD_PX + (tube ? BAR_PX : 0) + lanes * LANE_PX;
  return { tube, top, height, bars, laneCount, covered: coverageOf(annotations, tube?.id ?? null) };
}

/** Frames against pixels for one width of the timeline. */
export class Scale {
  readonly pxPerFrame: number;

  constructor(
    readonly window: TimeWindow,
    readonly width: number,
  ) {
    const room = Math.max(1, width - GUTTER_PX);
    this.pxPerFrame = room / Math.max(1e-9, window.until - window.from);
  }

  /** Where a frame begins. */
  x(frame: number): number {
    return GUTTER_PX + (frame - this.window.from) * this.pxPerFrame;
  }

  /** Where on the frames a pixel lies; whole part is the frame under it. */
  frame(x: number): number {
    return this.window.from + (x - GUTTER_PX) / this.pxPerFrame;
  }
}

/** The box of a span within its row, `y` relative to the row's top. */
export function barBox(row: Row, bar: SpanBar, scale: Scale) {
  const x = scale.x(bar.span.start_frame);
  const width = Math.max(2, scale.x(bar.span.end_frame) - x);
  const y = PAD_PX + (row.tube ? BAR_PX : 0) + bar.lane * LANE_PX;
  return { x, y, width, height: LANE_PX - 2 };
}

/** The line of a tube's extent within its row. */
export function extentBox(row: Row, scale: Scale) {
  const x = scale.x(startFrame(row.tube!));
  return { x, y: PAD_PX + 3, width: Math.max(2, scale.x(endFrame(row.tube!)) - x), height: 6 };
}

/** Middle of a keyframe's mark within its row. */
export function keyframePoint(frame: number, scale: Scale) {
  return { x: scale.x(frame + 0.5), y: PAD_PX + 6 };
}

export type Edge = "start" | "end";

export type TimelineHit =
  | { kind: "ruler"; frame: number }
  | { kind: "gutter"; row: Row }
  | { kind: "span"; row: Row; span: Span; edge: Edge | null; frame: number }
  | { kind: "keyframe"; row: Row; frame: number }
  | { kind: "row"; row: Row; frame: number }
  | { kind: "none"; frame: number };

/** What lies under a point of the timeline. */
export function timelineHit(layout: Layout, scale: Scale, x: number, y: number): TimelineHit {
  const frame = scale.frame(x);
  if (y < RULER_PX) return { kind: "ruler", frame };
  const row = rowAt(layout, scale.window.scrollY, y);
  if (!row) return { kind: "none", frame };
  if (x < GUTTER_PX) return { kind: "gutter", row };
  const inner = y - rowTop(layout, row, scale.window.scrollY);
  const bar = barAt(row, scale, x, inner);
  if (bar) return { kind: "span", row, span: bar.span, edge: edgeAt(row, bar, scale, x), frame };
  const keyframe = row.tube && inner < PAD_PX + BAR_PX ? keyframeNear(row.tube, scale, x) : null;
  if (keyframe !== null) return { kind: "keyframe", row, frame: keyframe };
  return { kind: "row", row, frame };
}

/** The row's top on the canvas. */
export function rowTop(layout: Layout, row: Row, scrollY: number): number {
  return row.tube ? RULER_PX + layout.video.height + row.top - scrollY : RULER_PX;
}

export function rowAt(layout: Layout, scrollY: number, y: number): Row | null {
  const inVideo = y - RULER_PX;
  if (inVideo < 0) return null;
  if (inVideo < layout.video.height) return layout.video;
  const inner = inVideo - layout.video.height + scrollY;
  return firstRowBelow(layout.rows, inner, (row) => inner < row.top + row.height);
}

function firstRowBelow(
  rows: readonly Row[],
  y: number,
  isBelow: (row: Row) => boolean,
): Row | null {
  let low = 0;
  let high = rows.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if (isBelow(rows[middle]!)) high = middle;
    else low = middle + 1;
  }
  const row = rows[low];
  return row && y >= row.top ? row : null;
}

function barAt(row: Row, scale: Scale, x: number, y: number): SpanBar | null {
  const hit = row.bars.filter((bar) => {
    const box = barBox(row, bar, scale);
    const isInside = x >= box.x - EDGE_REACH_PX && x <= box.x + box.width + EDGE_REACH_PX;
    return isInside && y >= box.y && y <= box.y + box.height;
  });
  // Where two neighbors' edges reach over one another the nearer one is meant.
  const distance = (bar: SpanBar) => {
    const box = barBox(row, bar, scale);
    return Math.max(box.x - x, x - box.x - box.width, 0);
  };
  return hit.sort((a, b) => distance(a) - distance(b))[0] ?? null;
}

function edgeAt(row: Row, bar: SpanBar, scale: Scale, x: number): Edge | null {
  const box = barBox(row, bar, scale);
  // A short span keeps a middle to be held by.
  const reach = Math.min(EDGE_REACH_PX, box.width / 3);
  if (x <= box.x + reach) return "start";
  return x >= box.x + box.width - reach ? "end" : null;
}

function keyframeNear(tube: Tube, scale: Scale, x: number): number | null {
  let best: number | null = null;
  let least = KEYFRAME_REACH_PX;
  for (const { frame } of tube.keyframes) {
    const away = Math.abs(keyframePoint(frame, scale).x - x);
    if (away <= least) [best, least] = [frame, away];
  }
  return best;
}

/** Steps of the ruler that people read easily, in seconds. */
const STEPS_S = [0.04, 0.1, 0.2, 0.5, 1, 2, 5, 10, 15, 30, 60, 120, 300, 600, 1800, 3600];

/** Seconds between labels of the ruler, so that they are at least `leastPx` apart. */
export function rulerStep(secondsPerPx: number, leastPx = 76): number {
  return STEPS_S.find((step) => step / secondsPerPx >= leastPx) ?? STEPS_S.at(-1)!;
}

/** How far the rows must be scrolled to show one of them. */
export function scrollShowing(layout: Layout, row: Row, scrollY: number, height: number): number {
  const room = Math.max(0, height - RULER_PX - layout.video.height);
  if (row.top < scrollY) return row.top;
  return row.top + row.height > scrollY + room ? row.top + row.height - room : scrollY;
}

export function mostScroll(layout: Layout, height: number): number {
  return Math.max(0, layout.height - (height - RULER_PX - layout.video.height));
}
