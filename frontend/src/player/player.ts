import { clamp } from "../domain/box";
import type { FrameRange } from "../domain/span";
import type { Timebase } from "../domain/timebase";
import type { Frame } from "../domain/tube";
import { Store } from "../editor/store";
import { ImageSource } from "./imageSource";
import type { FrameSource, SourceListener } from "./source";
import { VideoSource } from "./videoSource";

export const RATES = [0.25, 0.5, 1, 1.5, 2, 4] as const;

const KEPT_RATE = "tubelab-rate";

/** The speed is a habit of the person, not of one video. */
function rememberedRate(): number {
  const kept = Number(localStorage.getItem(KEPT_RATE));
  return RATES.find((rate) => rate === kept) ?? 1;
}

export interface Playhead {
  /** What is on the screen. */
  frame: Frame;
  /** Where the person wants to be; ahead of `frame` while a seek is under way. */
  target: Frame;
  isPlaying: boolean;
  rate: number;
  isReady: boolean;
  error: string | null;
  /** Playing goes round in this range. */
  loop: FrameRange | null;
  kind: "video" | "images";
}

export interface PlayerVideo {
  mediaUrl: string;
  frameUrl: (frame: Frame) => string;
  width: number;
  height: number;
}

/** Play, step and seek over one source; the only place that knows which frame is shown. */
export class Player {
  readonly head: Store<Playhead>;
  private source: FrameSource | null = null;
  private readonly elementListeners = new Set<() => void>();

  constructor(
    readonly timebase: Timebase,
    private readonly video: PlayerVideo,
  ) {
    this.head = new Store<Playhead>({
      frame: 0,
      target: 0,
      isPlaying: false,
      rate: rememberedRate(),
      isReady: false,
      error: null,
      loop: null,
      kind: "video",
    });
  }

  get element(): HTMLElement | null {
    return this.source?.element ?? null;
  }

  /** Tells when another element shows the video. */
  onElement(listener: () => void): () => void {
    this.elementListeners.add(listener);
    return () => this.elementListeners.delete(listener);
  }

  /** (Re)opens the video, as a stream or as single pictures. */
  open(kind: Playhead["kind"] = "video"): void {
    this.source?.close();
    this.head.set({ kind, isReady: false, error: null, isPlaying: false });
    const listener: SourceListener = {
      onFrame: (frame) => this.shown(frame),
      onReady: () => this.head.set({ isReady: true }),
      onError: (error) => this.head.set({ error, isPlaying: false }),
      onEnded: () => this.ended(),
    };
    const { mediaUrl, frameUrl, width, height } = this.video;
    this.source =
      kind === "video"
        ? new VideoSource(mediaUrl, this.timebase, listener)
        : new ImageSource(frameUrl, this.timebase, listener, width, height);
    for (const tell of this.elementListeners) tell();
    this.source.seek(this.head.get().target);
  }

  close(): void {
    this.source?.close();
    this.source = null;
  }

  seek(frame: number): void {
    const target = this.timebase.clampFrame(frame);
    this.head.set({ target });
    this.source?.seek(target);
  }

  step(frames: number): void {
    this.pause();
    this.seek(this.head.get().target + frames);
  }

  play(): void {
    const { target, loop, rate, error } = this.head.get();
    if (!this.source || error) return;
    if (loop && (target < loop.start_frame || target >= loop.end_frame))
      this.seek(loop.start_frame);
    else if (target >= this.timebase.frameCount - 1) this.seek(0);
    this.head.set({ isPlaying: true });
    this.source.play(rate);
  }

  pause(): void {
    if (!this.head.get().isPlaying) return;
    this.head.set({ isPlaying: false, target: this.head.get().frame });
    this.source?.pause();
  }

  toggle(): void {
    if (this.head.get().isPlaying) this.pause();
    else this.play();
  }

  setRate(rate: number): void {
    localStorage.setItem(KEPT_RATE, String(rate));
    this.head.set({ rate });
    this.source?.setRate(rate);
  }

  /** One step faster (1) or slower (-1). */
  changeRate(direction: 1 | -1): void {
    const at = RATES.findIndex((rate) => rate >= this.head.get().rate);
    this.setRate(RATES[clamp(at + direction, 0, RATES.length - 1)]!);
  }

  setLoop(loop: FrameRange | null): void {
    this.head.set({ loop });
  }

  private shown(frame: Frame): void {
    const { isPlaying, loop } = this.head.get();
    this.head.set(isPlaying ? { frame, target: frame } : { frame });
    if (isPlaying && loop && frame >= loop.end_frame - 1) this.seek(loop.start_frame);
  }

  private ended(): void {
    const { loop } = this.head.get();
    if (!loop) return this.head.set({ isPlaying: false });
    this.seek(loop.start_frame);
    this.source?.play(this.head.get().rate);
  }
}
