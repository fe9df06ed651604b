import type { Timebase } from "../domain/timebase";
import type { Frame } from "../domain/tube";
import type { FrameSource, SourceListener } from "./source";

/** A seek to the frame already shown may draw nothing, and then no frame callback comes. */
const QUIET_SEEK_MS = 250;

/**
 * Frames from a `<video>` element.
 *
 * It seeks to the middle of a frame's interval only, and believes the frame callback alone about
 * what is shown: `currentTime` and the `seeked` event name the wrong frame now and then.
 */
export class VideoSource implements FrameSource {
  readonly element: HTMLVideoElement;
  private wanted: Frame | null = null;
  private sent: Frame | null = null;
  private shown: Frame = -1;
  private isPlaying = false;
  private isClosed = false;
  private quietTimer: ReturnType<typeof setTimeout> | undefined;

  constructor(
    url: string,
    private readonly timebase: Timebase,
    private readonly listener: SourceListener,
  ) {
    const video = document.createElement("video");
    video.muted = true;
    video.playsInline = true;
    video.preload = "auto";
    video.disablePictureInPicture = true;
    video.addEventListener("loadeddata", () => this.loaded());
    video.addEventListener("error", () => this.failed());
    video.addEventListener("seeked", () => this.seeked());
    video.addEventListener("ended", () => this.ended());
    video.src = url;
    this.element = video;
    this.listen();
  }

  seek(frame: Frame): void {
    this.wanted = frame;
    if (this.sent === null) this.send();
  }

  play(rate: number): void {
    this.isPlaying = true;
    this.setRate(rate);
    this.element.play().catch((error: DOMException) => {
      // A pause that follows at once aborts the promise; that is no failure.
      if (error.name !== "AbortError") this.listener.onError(`Playing failed: ${error.message}`);
    });
  }

  pause(): void {
    if (!this.isPlaying) return;
    this.isPlaying = false;
    this.element.pause();
    // After a pause the picture may be a frame further than the last callback said.
    if (this.wanted === null && this.shown >= 0) this.seek(this.shown);
  }

  setRate(rate: number): void {
    this.element.playbackRate = rate;
  }

  close(): void {
    this.isClosed = true;
    clearTimeout(this.quietTimer);
    this.element.pause();
    this.element.removeAttribute("src");
    this.element.load();
  }

  private listen(): void {
    this.element.requestVideoFrameCallback((_now, metadata) => {
      if (this.isClosed) return;
      this.listen();
      this.present(this.timebase.frameStartingNear(metadata.mediaTime));
    });
  }

  private present(frame: Frame): void {
    this.shown = frame;
    // While a seek is under way the last frames of playing still arrive: they are not its answer.
    if (this.sent !== null && frame !== this.sent && this.element.seeking) return;
    if (this.sent !== null) this.arrived();
    if (this.wanted === null) this.listener.onFrame(frame);
  }

  private send(): void {
    if (this.wanted === null || this.element.readyState < HTMLMediaElement.HAVE_METADATA) return;
    this.sent = this.wanted;
    clearTimeout(this.quietTimer);
    this.element.currentTime = this.timebase.middleS(this.sent);
  }

  private seeked(): void {
    clearTimeout(this.quietTimer);
    const target = this.sent;
    this.quietTimer = setTimeout(() => {
      if (target === null || this.sent !== target) return;
      this.arrived();
      if (this.wanted === null) this.listener.onFrame(target);
    }, QUIET_SEEK_MS);
  }

  /** The seek that was sent is done: send the latest wish, if it is another one. */
  private arrived(): void {
    clearTimeout(this.quietTimer);
    const done = this.sent;
    this.sent = null;
    if (this.wanted === done) this.wanted = null;
    else this.send();
  }

  private loaded(): void {
    this.listener.onReady();
    if (this.sent === null && this.wanted !== null) this.send();
  }

  private ended(): void {
    this.isPlaying = false;
    this.listener.onEnded();
  }

  private failed(): void {
    if (this.isClosed) return;
    const reason = this.element.error?.message || "the file could not be read";
    this.listener.onError(`The browser cannot play this video: ${reason}.`);
  }
}
