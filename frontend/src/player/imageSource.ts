import type { Timebase } from "../domain/timebase";
import type { Frame } from "../domain/tube";
import type { FrameSource, SourceListener } from "./source";

const KEPT_FRAMES = 48;
const AHEAD_FRAMES = 4;

/** Frames as single pictures from the server: slower, but right wherever no video plays. */
export class ImageSource implements FrameSource {
  readonly element: HTMLCanvasElement;
  private readonly kept = new Map<Frame, Promise<ImageBitmap>>();
  private wanted: Frame = 0;
  private rate = 1;
  private timer: ReturnType<typeof setTimeout> | undefined;
  private isPlaying = false;
  private isClosed = false;
  private isBusy = false;

  constructor(
    private readonly urlOf: (frame: Frame) => string,
    private readonly timebase: Timebase,
    private readonly listener: SourceListener,
    width: number,
    height: number,
  ) {
    this.element = document.createElement("canvas");
    this.element.width = width;
    this.element.height = height;
    queueMicrotask(() => this.listener.onReady());
  }

  seek(frame: Frame): void {
    this.wanted = frame;
    if (!this.isBusy) void this.showWanted();
  }

  play(rate: number): void {
    this.isPlaying = true;
    this.rate = rate;
    this.next();
  }

  pause(): void {
    this.isPlaying = false;
    clearTimeout(this.timer);
  }

  setRate(rate: number): void {
    this.rate = rate;
  }

  close(): void {
    this.isClosed = true;
    this.pause();
    for (const bitmap of this.kept.values()) bitmap.then((b) => b.close()).catch(() => {});
    this.kept.clear();
  }

  private next(): void {
    clearTimeout(this.timer);
    if (!this.isPlaying) return;
    const from = this.wanted;
    if (from + 1 >= this.timebase.frameCount) {
      this.isPlaying = false;
      this.listener.onEnded();
      return;
    }
    const waitS = (this.timebase.timeS(from + 1) - this.timebase.timeS(from)) / this.rate;
    this.timer = setTimeout(() => {
      this.wanted = from + 1;
      void this.show(from + 1).then(() => this.next());
    }, waitS * 1000);
  }

  /** Latest wins: while one picture is on its way, the wishes between it and the last are dropped. */
  private async showWanted(): Promise<void> {
    this.isBusy = true;
    let frame: Frame;
    do {
      frame = this.wanted;
      await this.show(frame);
    } while (this.wanted !== frame && !this.isPlaying && !this.isClosed);
    this.isBusy = false;
  }

  private async show(frame: Frame): Promise<void> {
    try {
      const bitmap = await this.fetched(frame);
      if (this.isClosed) return;
      this.element
        .getContext("2d")!
        .drawImage(bitmap, 0, 0, this.element.width, this.element.height);
      this.listener.onFrame(frame);
      void this.readAhead(frame);
    } catch (error) {
      if (this.isClosed) return;
      const reason = error instanceof Error ? error.message : String(error);
      this.listener.onError(`Frame ${frame} could not be fetched: ${reason}.`);
    }
  }

  /** One at a time, and only while nothing else is wanted: it must not delay what is. */
  private async readAhead(frame: Frame): Promise<void> {
    const last = Math.min(frame + AHEAD_FRAMES, this.timebase.frameCount - 1);
    for (let ahead = frame + 1; ahead <= last && this.wanted === frame; ahead++) {
      await this.fetched(ahead).catch(() => {});
    }
  }

  private fetched(frame: Frame): Promise<ImageBitmap> {
    const found = this.kept.get(frame);
    if (found) return found;
    const bitmap = fetch(this.urlOf(frame), { credentials: "same-origin" }).then(
      async (response) => {
        if (!response.ok) throw new Error(`HTTP ${response.status}`);
        return createImageBitmap(await response.blob());
      },
    );
    // A failure must not be kept, or a retry would fail for ever.
    bitmap.catch(() => this.kept.delete(frame));
    this.kept.set(frame, bitmap);
    this.forgetFar(frame);
    return bitmap;
  }

  private forgetFar(frame: Frame): void {
    while (this.kept.size > KEPT_FRAMES) {
      let far = frame;
      for (const other of this.kept.keys()) {
        if (Math.abs(other - frame) > Math.abs(far - frame)) far = other;
      }
      this.kept
        .get(far)!
        .then((bitmap) => bitmap.close())
        .catch(() => {});
      this.kept.delete(far);
    }
  }
}
