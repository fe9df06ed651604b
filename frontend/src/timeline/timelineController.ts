import { clamp } from "../domain/box";
import type { Annotations } from "../domain/annotations";
import type { EditorModel } from "../editor/model";
import { passesFilter } from "../editor/filter";
import type { Ui } from "../editor/ui";
import { drawTimeline } from "./draw";
import {
  layoutOf,
  mostScroll,
  Scale,
  scrollShowing,
  timelineHit,
  type Layout,
  type TimelineHit,
} from "./geometry";
import { DRAG_PX, gestureFor, panTimeline, type At, type Gesture } from "./gestures";
import { pannedWindow, windowShowing, zoomedWindow } from "./window";

/** Runs the timeline's canvas without React. */
export class TimelineController {
  private width = 0;
  private height = 0;
  private layout: Layout;
  private laidOut: { annotations: Annotations; ui: Ui } | null = null;
  private held: { gesture: Gesture; from: At; isMoved: boolean } | null = null;
  private isQueued = false;
  private shownRow: string | null = null;
  private shownFrame = 0;
  private readonly stops: (() => void)[] = [];

  constructor(
    private readonly model: EditorModel,
    private readonly canvas: HTMLCanvasElement,
  ) {
    this.layout = this.readLayout();
    const queue = () => this.queue();
    const observer = new ResizeObserver(() => this.resized());
    observer.observe(canvas);
    this.stops.push(
      model.doc.subscribe(queue),
      model.ui.subscribe(queue),
      model.window.subscribe(queue),
      model.player.head.subscribe(queue),
      () => observer.disconnect(),
      this.on("pointerdown", (event) => this.down(event)),
      this.on("pointermove", (event) => this.move(event)),
      this.on("pointerup", () => this.up()),
      this.on("pointercancel", () => this.up()),
      this.on("wheel", (event) => this.wheel(event), { passive: false }),
    );
    this.resized();
  }

  close(): void {
    for (const stop of this.stops) stop();
  }

  private on<Name extends keyof HTMLElementEventMap>(
    name: Name,
    listener: (event: HTMLElementEventMap[Name]) => void,
    options?: AddEventListenerOptions,
  ): () => void {
    this.canvas.addEventListener(name, listener, options);
    return () => this.canvas.removeEventListener(name, listener);
  }

  private resized(): void {
    this.width = this.canvas.clientWidth;
    this.height = this.canvas.clientHeight;
    const ratio = window.devicePixelRatio || 1;
    this.canvas.width = Math.round(this.width * ratio);
    this.canvas.height = Math.round(this.height * ratio);
    this.queue();
  }

  private at(event: MouseEvent): At {
    const box = this.canvas.getBoundingClientRect();
    return { x: event.clientX - box.left, y: event.clientY - box.top, scale: this.scale() };
  }

  private scale(): Scale {
    return new Scale(this.model.window.get(), this.width);
  }

  private down(event: PointerEvent): void {
    const at = this.at(event);
    this.canvas.setPointerCapture(event.pointerId);
    if (event.button === 1) {
      event.preventDefault();
      this.held = { gesture: panTimeline(this.model, at), from: at, isMoved: true };
    } else if (event.button === 0) {
      const hit = timelineHit(this.layout, at.scale, at.x, at.y);
      const gesture = gestureFor(this.model, hit, at);
      if (gesture) this.held = { gesture, from: at, isMoved: false };
    }
    this.queue();
  }

  private move(event: PointerEvent): void {
    const at = this.at(event);
    if (!this.held) {
      this.describe(timelineHit(this.layout, at.scale, at.x, at.y));
      return;
    }
    const { from } = this.held;
    if (Math.hypot(at.x - from.x, at.y - from.y) >= DRAG_PX) this.held.isMoved = true;
    if (this.held.isMoved) this.held.gesture.move(at);
    this.queue();
  }

  private up(): void {
    const held = this.held;
    this.held = null;
    held?.gesture.end(held.isMoved);
    this.queue();
  }

  private wheel(event: WheelEvent): void {
    event.preventDefault();
    const { window: store, timebase } = this.model;
    const now = store.get();
    const at = this.at(event);
    const sideways = event.deltaX !== 0 ? event.deltaX : event.shiftKey ? event.deltaY : 0;
    if (event.ctrlKey || event.metaKey || event.altKey) {
      const factor = Math.exp(event.deltaY * 0.002);
      store.set(zoomedWindow(now, at.scale.frame(at.x), factor, timebase.frameCount));
    } else if (sideways !== 0) {
      store.set(pannedWindow(now, sideways / at.scale.pxPerFrame, timebase.frameCount));
    } else {
      const most = mostScroll(this.layout, this.height);
      store.set({ scrollY: clamp(now.scrollY + event.deltaY, 0, most) });
    }
  }

  /** The pointer's shape and the words under it. */
  private describe(hit: TimelineHit): void {
    const { model, canvas } = this;
    canvas.style.cursor = cursorOf(hit);
    if (hit.kind !== "span") {
      canvas.title = hit.kind === "row" ? "Click to choose, drag to mark the current label" : "";
      return;
    }
    const { span } = hit;
    const name = model.labels.get(span.label_id)?.name ?? "?";
    const score = span.score === null ? "" : `, score ${span.score.toFixed(2)}`;
    canvas.title = `${name}: frames ${span.start_frame}–${span.end_frame - 1}, ${span.state}${score}`;
  }

  private readLayout(): Layout {
    const annotations = this.model.shown;
    const ui = this.model.ui.get();
    if (this.laidOut?.annotations === annotations && this.laidOut.ui === ui) return this.layout;
    this.laidOut = { annotations, ui };
    return layoutOf(annotations, {
      showsTube: (tube) => tube.id === ui.tubeId || passesFilter(annotations, tube, ui),
      showsSpan: (span) => ui.showRejected || span.state !== "rejected" || span.id === ui.spanId,
    });
  }

  private queue(): void {
    if (this.isQueued) return;
    this.isQueued = true;
    requestAnimationFrame(() => {
      this.isQueued = false;
      this.draw();
    });
  }

  private draw(): void {
    const { model, canvas } = this;
    const ctx = canvas.getContext("2d");
    if (!ctx || this.width === 0) return;
    this.layout = this.readLayout();
    this.follow();
    const ratio = window.devicePixelRatio || 1;
    ctx.setTransform(ratio, 0, 0, ratio, 0, 0);
    const ui = model.ui.get();
    const head = model.player.head.get();
    drawTimeline(ctx, {
      layout: this.layout,
      scale: this.scale(),
      width: this.width,
      height: this.height,
      timebase: model.timebase,
      labels: model.labels,
      frame: this.held ? head.target : head.frame,
      tubeId: ui.tubeId,
      spanId: ui.spanId,
      loop: head.loop,
      preview: this.held?.gesture.preview ?? null,
      marking: ui.marking,
    });
  }

  /** Keeps the playhead and a newly chosen row in sight. */
  private follow(): void {
    const { model } = this;
    const { window: store, timebase } = model;
    const { tubeId } = model.ui.get();
    const { frame } = model.player.head.get();
    // Only a frame that moved is followed: a person may look elsewhere meanwhile.
    if (!this.held && frame !== this.shownFrame) {
      store.set(windowShowing(store.get(), frame, timebase.frameCount));
    }
    this.shownFrame = frame;
    const row = this.layout.rows.find((row) => row.tube?.id === tubeId);
    const most = mostScroll(this.layout, this.height);
    let { scrollY } = store.get();
    // A chosen row that grew by a span must not slip below the border either.
    const shown = row ? `${tubeId} ${row.height}` : null;
    if (row && shown !== this.shownRow) {
      scrollY = scrollShowing(this.layout, row, scrollY, this.height);
    }
    this.shownRow = shown;
    store.set({ scrollY: clamp(scrollY, 0, most) });
  }
}

function cursorOf(hit: TimelineHit): string {
  if (hit.kind === "span") return hit.edge ? "ew-resize" : "grab";
  if (hit.kind === "row") return "crosshair";
  return hit.kind === "ruler" ? "col-resize" : "pointer";
}
