import type { Label } from "../domain/taxonomy";
import { gaps, type FrameRange, type Span } from "../domain/span";
import type { Timebase } from "../domain/timebase";
import { isConfirmed } from "../domain/state";
import { endFrame, startFrame, type Tube } from "../domain/tube";
import {
  barBox,
  extentBox,
  GUTTER_PX,
  keyframePoint,
  RULER_PX,
  rowTop,
  rulerStep,
  Scale,
  type Layout,
  type Row,
  type SpanBar,
} from "./geometry";
import { shortened } from "../canvas/text";
import { hatch, inkOn, mixed, rounded } from "./paint";
import { clock } from "./time";

export interface TimelinePicture {
  readonly layout: Layout;
  readonly scale: Scale;
  readonly width: number;
  readonly height: number;
  readonly timebase: Timebase;
  readonly labels: ReadonlyMap<number, Label>;
  readonly frame: number;
  readonly tubeId: string | null;
  readonly spanId: string | null;
  readonly loop: FrameRange | null;
  /** A span under the person's hand, in place of the saved one of the same id. */
  readonly preview: Span | null;
  readonly marking: { labelId: number; tubeId: string | null; start_frame: number } | null;
}

const COLORS = {
  back: "#12161b",
  gutter: "#161a20",
  line: "#262d37",
  text: "#e7eaef",
  muted: "#a3adba",
  chosen: "#1f2a38",
  playhead: "#ff6b5e",
  proposed: "#b79bff",
  rejected: "#6b7787",
  uncovered: "rgb(163 173 186 / 13%)",
};
const FONT = "12px Inter, system-ui, sans-serif";
const BOLD = `600 ${FONT}`;
const SMALL = "11px Inter, system-ui, sans-serif";

type Ctx = CanvasRenderingContext2D;

/** Draws the whole timeline; the canvas is already scaled to CSS pixels. */
export function drawTimeline(ctx: Ctx, picture: TimelinePicture): void {
  const { width, height, layout, scale } = picture;
  ctx.fillStyle = COLORS.back;
  ctx.fillRect(0, 0, width, height);
  ctx.textBaseline = "middle";
  const top = RULER_PX + layout.video.height;
  clipped(ctx, 0, top, width, height - top, () => {
    for (const row of layout.rows) {
      const y = rowTop(layout, row, scale.window.scrollY);
      if (y + row.height < top || y > height) continue;
      drawRow(ctx, picture, row, y);
    }
  });
  drawRow(ctx, picture, layout.video, RULER_PX);
  ctx.fillStyle = "#3a4553";
  ctx.fillRect(0, top - 1, width, 1);
  drawRuler(ctx, picture);
  drawPlayhead(ctx, picture);
  ctx.fillStyle = COLORS.line;
  ctx.fillRect(GUTTER_PX - 1, 0, 1, height);
}

function drawRow(ctx: Ctx, picture: TimelinePicture, row: Row, y: number): void {
  const isChosen = row.tube !== null && row.tube.id === picture.tubeId;
  if (isChosen) {
    ctx.fillStyle = COLORS.chosen;
    ctx.fillRect(0, y, picture.width, row.height);
  }
  clipped(ctx, GUTTER_PX, y, picture.width - GUTTER_PX, row.height, () => {
    drawUncovered(ctx, picture, row, y);
    if (row.tube) drawTube(ctx, picture, row, row.tube, y);
    for (const bar of row.bars) drawBar(ctx, picture, row, bar, y);
    drawGrowing(ctx, picture, row, y);
  });
  drawGutter(ctx, picture, row, y, isChosen);
  ctx.fillStyle = COLORS.line;
  ctx.fillRect(0, y + row.height - 1, picture.width, 1);
}

/** Hatched: nobody has looked here yet. */
function drawUncovered(ctx: Ctx, picture: TimelinePicture, row: Row, y: number): void {
  const { scale, timebase } = picture;
  const whole = row.tube
    ? { start_frame: startFrame(row.tube), end_frame: endFrame(row.tube) }
    : { start_frame: 0, end_frame: timebase.frameCount };
  ctx.fillStyle = hatch(ctx, COLORS.uncovered);
  for (const gap of gaps(row.covered, whole)) {
    const x = scale.x(gap.start_frame);
    ctx.fillRect(x, y + 1, scale.x(gap.end_frame) - x, row.height - 3);
  }
}

function drawTube(ctx: Ctx, picture: TimelinePicture, row: Row, tube: Tube, y: number): void {
  const { scale } = picture;
  const box = extentBox(row, scale);
  const color = tubeColor(picture, tube);
  ctx.globalAlpha = tube.state === "rejected" ? 0.4 : 1;
  ctx.fillStyle = mixed(color, isConfirmed(tube.state) ? 0.45 : 0.22);
  rounded(ctx, box.x, y + box.y, box.width, box.height, 3);
  ctx.fill();
  drawGaps(ctx, scale, tube, y + box.y, box.height);
  drawKeyframes(ctx, picture, tube, y, color);
  ctx.globalAlpha = 1;
}

/** Where the person is out of the picture the line is cut out. */
function drawGaps(ctx: Ctx, scale: Scale, tube: Tube, y: number, height: number): void {
  ctx.fillStyle = COLORS.back;
  tube.keyframes.forEach((keyframe, index) => {
    if (!keyframe.outside) return;
    const until = tube.keyframes[index + 1]?.frame ?? endFrame(tube);
    const x = scale.x(keyframe.frame);
    ctx.fillRect(x, y - 1, scale.x(until) - x, height + 2);
  });
}

function drawKeyframes(
  ctx: Ctx,
  picture: TimelinePicture,
  tube: Tube,
  y: number,
  color: string,
): void {
  let last = -Infinity;
  for (const { frame, outside } of tube.keyframes) {
    const at = keyframePoint(frame, picture.scale);
    if (at.x < GUTTER_PX - 6 || at.x > picture.width + 6 || at.x - last < 3) continue;
    last = at.x;
    const size = frame === picture.frame && tube.id === picture.tubeId ? 5.5 : 4;
    ctx.beginPath();
    ctx.moveTo(at.x, y + at.y - size);
    ctx.lineTo(at.x + size, y + at.y);
    ctx.lineTo(at.x, y + at.y + size);
    ctx.lineTo(at.x - size, y + at.y);
    ctx.closePath();
    ctx.fillStyle = outside ? COLORS.back : frame === picture.frame ? "#ffffff" : color;
    ctx.fill();
    outline(ctx, outside ? color : COLORS.back, []);
  }
}

function drawBar(ctx: Ctx, picture: TimelinePicture, row: Row, bar: SpanBar, y: number): void {
  const shown = picture.preview?.id === bar.span.id ? picture.preview : bar.span;
  drawSpan(ctx, picture, row, { span: shown, lane: bar.lane }, y);
}

function drawSpan(ctx: Ctx, picture: TimelinePicture, row: Row, bar: SpanBar, y: number): void {
  const { span } = bar;
  const box = barBox(row, bar, picture.scale);
  const label = picture.labels.get(span.label_id);
  const color = label?.color ?? "#cccccc";
  const isSure = isConfirmed(span.state);
  ctx.globalAlpha = span.state === "rejected" ? 0.35 : 1;
  rounded(ctx, box.x + 0.5, y + box.y + 0.5, box.width - 1, box.height - 1, 3);
  ctx.fillStyle = isSure ? color : mixed(color, 0.2);
  ctx.fill();
  if (!isSure) {
    ctx.fillStyle = hatch(ctx, mixed(color, 0.35));
    ctx.fill();
  }
  outline(ctx, isSure ? mixed("#000000", 0.4) : color, isSure ? [] : [4, 3]);
  if (span.id === picture.spanId) {
    ctx.lineWidth = 2;
    outline(ctx, "#ffffff", []);
    ctx.lineWidth = 1;
  }
  drawSpanText(ctx, span, label, { ...box, y: y + box.y }, isSure ? inkOn(color) : COLORS.text);
  ctx.globalAlpha = 1;
}

function drawSpanText(
  ctx: Ctx,
  span: Span,
  label: Label | undefined,
  box: { x: number; y: number; width: number; height: number },
  ink: string,
): void {
  // A long span scrolled to the left keeps its name in sight.
  const left = Math.max(box.x, GUTTER_PX);
  const room = box.x + box.width - left - 8;
  if (room < 14) return;
  const score = span.state === "proposed" && span.score !== null ? ` ${percent(span.score)}` : "";
  ctx.font = SMALL;
  ctx.fillStyle = ink;
  const text = shortened(ctx, `${label?.name ?? "?"}${score}`, room);
  ctx.fillText(text, left + 4, box.y + box.height / 2 + 0.5);
}

function percent(score: number): string {
  return `${Math.round(score * 100)} %`;
}

/** The span that is being marked while the video runs, up to the playhead. */
function drawGrowing(ctx: Ctx, picture: TimelinePicture, row: Row, y: number): void {
  const { marking, frame, preview } = picture;
  const isHere = (tubeId: string | null) => tubeId === (row.tube?.id ?? null);
  const lane = row.laneCount === 0 ? 0 : row.laneCount - 1;
  if (marking && isHere(marking.tubeId)) {
    const x = picture.scale.x(Math.min(marking.start_frame, frame));
    const until = picture.scale.x(Math.max(marking.start_frame, frame) + 1);
    ctx.fillStyle = mixed(picture.labels.get(marking.labelId)?.color ?? "#cccccc", 0.55);
    ctx.fillRect(x, y + 2, until - x, row.height - 5);
  }
  const isNew =
    preview && isHere(preview.tube_id) && !row.bars.some((b) => b.span.id === preview.id);
  if (isNew) drawSpan(ctx, picture, row, { span: preview, lane }, y);
}

function drawGutter(
  ctx: Ctx,
  picture: TimelinePicture,
  row: Row,
  y: number,
  isChosen: boolean,
): void {
  ctx.fillStyle = isChosen ? COLORS.chosen : COLORS.gutter;
  ctx.fillRect(0, y, GUTTER_PX, row.height);
  const middle = y + Math.min(row.height / 2, 13);
  if (!row.tube) {
    ctx.font = BOLD;
    ctx.fillStyle = COLORS.muted;
    ctx.fillText("Segments", 12, middle);
    return;
  }
  const { tube } = row;
  ctx.fillStyle = tubeColor(picture, tube);
  ctx.beginPath();
  ctx.arc(14, middle, 4, 0, 2 * Math.PI);
  if (tube.state === "proposed") outline(ctx, tubeColor(picture, tube), []);
  else ctx.fill();
  ctx.font = isChosen ? BOLD : FONT;
  ctx.fillStyle = tube.state === "rejected" ? COLORS.muted : COLORS.text;
  const name = picture.labels.get(tube.label_id)?.name ?? "?";
  const number = tube.number === null ? "new" : String(tube.number);
  ctx.fillText(shortened(ctx, `${number}  ${name}`, GUTTER_PX - 34), 26, middle);
}

function tubeColor(picture: TimelinePicture, tube: Tube): string {
  if (tube.state === "rejected") return COLORS.rejected;
  if (tube.state === "proposed") return COLORS.proposed;
  return picture.labels.get(tube.label_id)?.color ?? "#cccccc";
}

function drawRuler(ctx: Ctx, { width, scale, timebase, loop }: TimelinePicture): void {
  ctx.fillStyle = COLORS.gutter;
  ctx.fillRect(0, 0, width, RULER_PX);
  if (loop) {
    ctx.fillStyle = "rgb(90 169 255 / 28%)";
    const x = Math.max(GUTTER_PX, scale.x(loop.start_frame));
    ctx.fillRect(x, RULER_PX - 6, scale.x(loop.end_frame) - x, 6);
  }
  const from = timebase.timeS(Math.max(0, Math.floor(scale.window.from)));
  const until = timebase.timeS(Math.min(timebase.frameCount, Math.ceil(scale.window.until)));
  const step = rulerStep((until - from) / Math.max(1, width - GUTTER_PX));
  ctx.font = SMALL;
  for (let index = Math.ceil(from / step - 1e-6); index * step <= until; index++) {
    const seconds = index * step;
    const x = scale.x(timebase.positionAt(seconds));
    if (x < GUTTER_PX) continue;
    ctx.fillStyle = "#465264";
    ctx.fillRect(x, RULER_PX - 7, 1, 7);
    ctx.fillStyle = COLORS.muted;
    ctx.fillText(clock(seconds, step < 1 ? 2 : 0), x + 4, 10);
  }
  ctx.fillStyle = COLORS.line;
  ctx.fillRect(0, RULER_PX - 1, width, 1);
}

function drawPlayhead(ctx: Ctx, { scale, frame, height, width }: TimelinePicture): void {
  const x = scale.x(frame);
  const wide = Math.max(1.5, scale.x(frame + 1) - x);
  if (x + wide < GUTTER_PX || x > width) return;
  if (wide > 3) {
    ctx.fillStyle = "rgb(255 107 94 / 16%)";
    ctx.fillRect(x, RULER_PX, wide, height);
  }
  ctx.fillStyle = COLORS.playhead;
  ctx.fillRect(x, 0, 1.5, height);
  ctx.beginPath();
  ctx.moveTo(x - 5, 0);
  ctx.lineTo(x + 6.5, 0);
  ctx.lineTo(x + 0.75, 9);
  ctx.closePath();
  ctx.fill();
}

function outline(ctx: Ctx, color: string, dash: number[]): void {
  ctx.strokeStyle = color;
  ctx.setLineDash(dash);
  ctx.stroke();
  ctx.setLineDash([]);
}

function clipped(ctx: Ctx, x: number, y: number, w: number, h: number, paint: () => void): void {
  ctx.save();
  ctx.beginPath();
  ctx.rect(x, y, Math.max(0, w), Math.max(0, h));
  ctx.clip();
  paint();
  ctx.restore();
}
