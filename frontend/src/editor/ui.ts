import type { QueueItem } from "../api/types";
import type { FrameRange } from "../domain/span";
import type { Frame } from "../domain/tube";

export type Mode = "edit" | "review";
export type ToolName = "select" | "draw" | "merge";
export type TubeFilter = "all" | "proposed" | "confirmed" | "rejected";
/** Where the next proposal comes from: the project's ranking, or this video from front to back. */
export type ReviewOrder = "queue" | "video";

export interface Marking {
  readonly labelId: number;
  readonly tubeId: string | null;
  readonly start_frame: Frame;
}

/** What a person answers in a second look. */
export interface SecondSaid {
  /** Null until they have said. */
  readonly person: boolean | null;
  readonly labelIds: readonly number[];
}

/** Where a video is opened. */
export interface Subject {
  readonly tubeId: string | null;
  readonly spanId: string | null;
  readonly stretch: FrameRange | null;
}

/** What is chosen and shown, apart from the annotations themselves. */
export interface Ui {
  readonly mode: Mode;
  readonly order: ReviewOrder;
  readonly tool: ToolName;
  readonly tubeId: string | null;
  readonly spanId: string | null;
  readonly filter: TubeFilter;
  readonly showRejected: boolean;
  readonly showBoxes: boolean;
  readonly marking: Marking | null;
  /** The label that a drag on the timeline makes. */
  readonly labelId: number | null;
  readonly dialog: "keys" | "history" | "labels" | "conflict" | null;
  readonly keysOn: boolean;
  readonly item: QueueItem | null;
  /** The queue is being asked what the viewing that was opened is. */
  readonly isRecognizing: boolean;
  /** Tubes of this video that the queue asks about blind, now or later. */
  readonly blindTubes: ReadonlySet<string>;
  /** The stretch of the video that is looked through. */
  readonly stretch: FrameRange | null;
  readonly second: SecondSaid;
  /** All that was to be decided is decided. */
  readonly isDone: boolean;
  readonly isFetchingNext: boolean;
  /** The tube that is drawn next is carried at once. */
  readonly carries: boolean;
  /** The share done of carrying a box, 0..1; null when none is carried. */
  readonly tracking: number | null;
}

const KEYS_OFF = "tubelab-keys-off";

export const NOTHING_SAID: SecondSaid = { person: null, labelIds: [] };

export function firstUi(mode: Mode, { tubeId, spanId, stretch }: Subject): Ui {
  const isSubject = tubeId !== null || spanId !== null || stretch !== null;
  return {
    mode,
    order: isSubject ? "queue" : "video",
    tool: "select",
    tubeId,
    spanId,
    stretch,
    filter: "all",
    showRejected: false,
    showBoxes: true,
    marking: null,
    labelId: null,
    dialog: null,
    keysOn: localStorage.getItem(KEYS_OFF) === null,
    item: null,
    isRecognizing: mode === "review" && isSubject,
    blindTubes: new Set(),
    second: NOTHING_SAID,
    isDone: false,
    isFetchingNext: false,
    carries: false,
    tracking: null,
  };
}

/** Remembers whether single keys act (WCAG 2.1.4 asks for a way to switch them off). */
export function rememberKeys(on: boolean): void {
  if (on) localStorage.removeItem(KEYS_OFF);
  else localStorage.setItem(KEYS_OFF, "1");
}
