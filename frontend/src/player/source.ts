import type { Frame } from "../domain/tube";

/** What a source tells about itself. */
export interface SourceListener {
  /** This frame is on the screen now. */
  onFrame(frame: Frame): void;
  onReady(): void;
  /** It cannot go on; `message` says why, for the person. */
  onError(message: string): void;
  /** Playing came to the end of the video. */
  onEnded(): void;
}

/** Something that can show any frame of one video, exactly. */
export interface FrameSource {
  /** What is put on the page; always as large as the source picture. */
  readonly element: HTMLElement;
  /** Shows a frame. Only the latest request counts; earlier ones may never be shown. */
  seek(frame: Frame): void;
  play(rate: number): void;
  pause(): void;
  setRate(rate: number): void;
  close(): void;
}
