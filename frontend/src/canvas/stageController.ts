import type { EditorModel } from "../editor/model";
import { drawOverlay } from "./draw";
import { sceneAt, type SceneBox } from "./scene";
import { idle } from "./tools/idle";
import type { PointerAt, ToolState } from "./tools/tool";
import { fitted, zoomedAt, type Point, type Size } from "./view";

const ZOOM_PER_PX = 0.0016;

/** Runs the picture and what is drawn over it, without React: it must keep up with the video. */
export class StageController {
  private size: Size = { width: 0, height: 0 };
  private tool: ToolState;
  private scene: readonly SceneBox[] = [];
  private isQueued = false;
  private isSpaceDown = false;
  private readonly stops: (() => void)[] = [];

  constructor(
    private readonly model: EditorModel,
    private readonly stage: HTMLElement,
    private readonly holder: HTMLElement,
    private readonly canvas: HTMLCanvasElement,
  ) {
    this.tool = idle({
      model,
      view: () => model.view.get(),
      scene: () => this.scene,
    });
    this.listen();
    this.placeElement();
    this.resized();
  }

  close(): void {
    for (const stop of this.stops) stop();
  }

  private listen(): void {
    const queue = () => this.queue();
    const { model, stage } = this;
    const observer = new ResizeObserver(() => this.resized());
    observer.observe(stage);
    this.stops.push(
      model.doc.subscribe(queue),
      model.ui.subscribe(queue),
      model.view.subscribe(queue),
      model.player.head.subscribe(queue),
      model.player.onElement(() => this.placeElement()),
      () => observer.disconnect(),
      on(stage, "pointerdown", (event) => this.pointer("down", event)),
      on(stage, "pointermove", (event) => this.pointer("move", event)),
      on(stage, "pointerup", (event) => this.pointer("up", event)),
      on(stage, "pointercancel", (event) => this.pointer("up", event)),
      on(stage, "wheel", (event) => this.wheel(event), { passive: false }),
      on(stage, "auxclick", (event) => event.preventDefault()),
      on(window, "keydown", (event) => this.key(event, true)),
      on(window, "keyup", (event) => this.key(event, false)),
    );
  }

  private placeElement(): void {
    const element = this.model.player.element;
    if (element && this.holder.firstChild !== element) this.holder.replaceChildren(element);
    this.queue();
  }

  private resized(): void {
    const { clientWidth: width, clientHeight: height } = this.stage;
    this.size = { width, height };
    this.model.stageSize = this.size;
    if (this.model.view.get().isFit) this.model.view.set(fitted(this.model.video, this.size));
    const ratio = window.devicePixelRatio || 1;
    this.canvas.width = Math.round(width * ratio);
    this.canvas.height = Math.round(height * ratio);
    this.queue();
  }

  private pointer(kind: "down" | "move" | "up", event: PointerEvent): void {
    if (kind === "down") {
      // A button on the stage (try again) must get its own click: capture would take it away.
      if ((event.target as Element).closest("button")) return;
      this.stage.setPointerCapture(event.pointerId);
      this.scene = sceneAt(this.model, this.model.player.head.get().frame);
      if (event.button === 1) event.preventDefault();
    }
    const at: PointerAt = {
      point: this.pointOf(event),
      button: event.button,
      isSpaceDown: this.isSpaceDown,
    };
    this.tool = this.tool[kind](at);
    this.queue();
  }

  private wheel(event: WheelEvent): void {
    event.preventDefault();
    const { view, video } = this.model;
    const least = fitted(video, this.size).scale;
    view.set(
      zoomedAt(view.get(), this.pointOf(event), Math.exp(-event.deltaY * ZOOM_PER_PX), least),
    );
  }

  /** Space pans while a button is held; pressed alone it plays, which the key map sees to. */
  private key(event: KeyboardEvent, isDown: boolean): void {
    if (event.code === "Space") this.isSpaceDown = isDown;
    else if (event.code === "Escape" && isDown) {
      this.tool = idle({
        model: this.model,
        view: () => this.model.view.get(),
        scene: () => this.scene,
      });
      this.queue();
    }
  }

  private pointOf(event: MouseEvent): Point {
    const box = this.stage.getBoundingClientRect();
    return { x: event.clientX - box.left, y: event.clientY - box.top };
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
    const { model, canvas, holder } = this;
    const ctx = canvas.getContext("2d");
    if (!ctx) return;
    let view = model.view.get();
    if (view.isFit && this.size.width > 0) {
      view = fitted(model.video, this.size);
      model.view.set(view.scale === model.view.get().scale ? {} : view);
    }
    const { width, height } = model.video;
    holder.style.transform = `translate(${view.x}px, ${view.y}px) scale(${view.scale})`;
    holder.style.width = `${width}px`;
    holder.style.height = `${height}px`;
    holder.classList.toggle("stage-sharp", view.scale > 4);
    this.scene = sceneAt(model, model.player.head.get().frame);
    this.stage.style.cursor = this.tool.cursor;
    const ratio = window.devicePixelRatio || 1;
    ctx.setTransform(ratio, 0, 0, ratio, 0, 0);
    drawOverlay(ctx, {
      scene: this.scene,
      view,
      stage: this.size,
      picture: model.video,
      preview: this.tool.preview,
      crosshair: model.ui.get().tool === "draw" ? this.tool.crosshair : null,
    });
  }
}

function on<Name extends keyof WindowEventMap & keyof HTMLElementEventMap>(
  target: Window | HTMLElement,
  name: Name,
  listener: (event: HTMLElementEventMap[Name]) => void,
  options?: AddEventListenerOptions,
): () => void {
  target.addEventListener(name, listener as EventListener, options);
  return () => target.removeEventListener(name, listener as EventListener, options);
}
