/** One box, carried forward and back by the server until it is unsure. */
import { carryBox, type Tracked, type TrackEnd, type TrackReason } from "../../api/track";
import { box as boxOf } from "../../domain/box";
import type { Operation } from "../../domain/operations";
import { boxAt, keyframeOn, type Frame, type Tube } from "../../domain/tube";
import { toast, toastError } from "../../ui/Toast";
import type { EditorModel } from "../model";
import { boxText, fill, roomAbout, type Placed } from "./carried";
import { tubeName, withTube } from "./tubes";

export type Direction = "both" | "forward" | "back";

/** What was carried into each tube since the video was opened: it may be carried anew. */
const placedIn = new WeakMap<EditorModel, Map<string, Placed>>();
const running = new WeakMap<EditorModel, AbortController>();

export function placedOf(model: EditorModel, tubeId: string): Placed {
  return placedIn.get(model)?.get(tubeId) ?? new Map();
}

/** Carries the chosen tube's box on this frame, or stops the carrying that is under way. */
export function trackHere(model: EditorModel, direction: Direction = "both"): void {
  if (cancelTracking(model)) return;
  withTube(model, (tube) => void track(model, tube, direction));
}

/** Stops a carrying that is under way; says whether there was one. */
export function cancelTracking(model: EditorModel): boolean {
  const work = running.get(model);
  work?.abort();
  return work !== undefined;
}

export async function track(model: EditorModel, tube: Tube, direction: Direction): Promise<void> {
  const frame = model.frame;
  const box = boxAt(tube, frame);
  if (!model.canEdit) {
    return toast("You may look at this project but not change it: ask its owner for a role.", "bad");
  }
  if (!box) {
    return toast(`${tubeName(tube)} has no box on this frame. Move to one where it has.`);
  }
  const { first, last } = roomAbout(tube, frame, placedOf(model, tube.id));
  const request = { frame, box, direction, first_frame: first, last_frame: last };
  const abort = new AbortController();
  running.set(model, abort);
  model.ui.set({ tracking: 0 });
  try {
    const onProgress = (share: number) => model.ui.set({ tracking: share });
    const tracked = await carryBox(model.video.id, request, onProgress, abort.signal);
    place(model, tube.id, { frame, text: boxText(box) }, tracked);
  } catch (error) {
    if (abort.signal.aborted) toast("Stopped: nothing was changed.", "ok", "track");
    else toastError(error);
  } finally {
    running.delete(model);
    model.ui.set({ tracking: null });
  }
}

/** Puts what came back into the tube, as one edit, and goes to where it stopped. */
export function place(
  model: EditorModel,
  tubeId: string,
  asked: { frame: Frame; text: string },
  tracked: Tracked,
): void {
  const tube = model.annotations.tubes.get(tubeId);
  const now = tube && boxAt(tube, asked.frame);
  if (!tube || !now || boxText(now) !== asked.text) {
    return toast("The box was changed meanwhile, so it was not carried. Do it again.", "bad");
  }
  // A keyframe that stands on the frame stays as it is, flags and all.
  const own = keyframeOn(tube, asked.frame);
  const carried = tracked.keyframes.map(({ frame, box: sides }) => ({ frame, box: boxOf(...sides) }));
  const operations = fill(tube, asked.frame, carried, placedOf(model, tubeId)).filter(
    (op) => !own || op.op !== "keyframe_set" || op.frame !== own.frame,
  );
  const name = tubeName(tube);
  const isDone = operations.length > 0 && model.edit(`Carry the box of ${name}`, operations);
  if (isDone) remember(model, tubeId, operations);
  const { text, frame, isSure } = said(tracked, asked.frame);
  toast(isDone ? `${text} Ctrl+Z takes it back.` : text, isSure ? "ok" : "bad", "track");
  if (isDone) model.player.seek(frame);
}

function remember(model: EditorModel, tubeId: string, operations: readonly Operation[]): void {
  const now = new Map(placedOf(model, tubeId));
  for (const op of operations) if (op.op === "keyframe_set") now.set(op.frame, boxText(op.box));
  const ofTubes = placedIn.get(model) ?? new Map<string, Placed>();
  placedIn.set(model, ofTubes.set(tubeId, now));
}

const WHY: Record<TrackReason, string> = {
  lost: "lost it",
  cut: "the picture is cut there",
  left: "it leaves the picture",
  end: "the video ends there",
  limit: "as far as asked",
  time: "it took too long",
};

/** What to tell, and where the person is to go on: the first end that is no wish. */
export function said(
  { forward, back }: Tracked,
  at: Frame,
): { text: string; frame: Frame; isSure: boolean } {
  const ends = [forward, back].filter((end): end is TrackEnd => end !== null);
  const parts = ends.map((end) => sentence(end, at, end === back));
  const unsure = ends.find(({ reason }) => !["end", "limit"].includes(reason));
  const frame = (unsure ?? forward ?? back)?.frame ?? at;
  return { text: parts.join(" "), frame, isSure: unsure === undefined };
}

function sentence(end: TrackEnd, at: Frame, isBack: boolean): string {
  const why = end.reason === "end" && isBack ? "the video begins there" : WHY[end.reason];
  const count = Math.abs(end.frame - at);
  if (count === 0) return `Carried no frame ${isBack ? "back" : "forward"}: ${why}.`;
  return `${isBack ? "Back, stopped" : "Stopped"} at frame ${end.frame}: ${why}.`;
}
