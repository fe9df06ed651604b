/** What a person does to tubes; each is one undoable edit. */
import {
  boxAt,
  endFrame,
  keyframeAt,
  keyframeOn,
  startFrame,
  type Frame,
  type Keyframe,
  type Tube,
} from "../../domain/tube";
import { moveBox, roundedBox, type Box } from "../../domain/box";
import { spansOf } from "../../domain/annotations";
import { newId } from "../../domain/id";
import type { Operation } from "../../domain/operations";
import { toast } from "../../ui/Toast";
import type { EditorModel } from "../model";

/** "#3", or "new" until the server has numbered it. */
export function tubeName(tube: Tube): string {
  return tube.number === null ? "new tube" : `#${tube.number}`;
}

/** The box to show and grab for the chosen tube: off its extent, a ghost of the nearest end. */
export function grabBox(tube: Tube, frame: Frame): { box: Box; isGhost: boolean } | null {
  const box = boxAt(tube, frame);
  if (box) return { box, isGhost: false };
  if (frame < startFrame(tube)) return { box: tube.keyframes[0]!.box, isGhost: true };
  if (frame >= endFrame(tube)) return { box: tube.keyframes.at(-1)!.box, isGhost: true };
  return { box: keyframeAt(tube, frame).box, isGhost: true };
}

export function drawTube(model: EditorModel, frame: Frame, box: Box): void {
  const label = model.labelsOf("object")[0];
  if (!label) {
    toast("This project has no object label. Add one in its settings first.", "bad");
    return;
  }
  const id = newId();
  const first = { frame, box: roundedBox(box), occluded: false, outside: false };
  const held = { ...first, frame: heldUntil(model, frame) };
  const keyframes = held.frame > frame ? [first, held] : [first];
  const isMade = model.edit("Draw a tube", [
    { op: "tube_add", tube: { id, label_id: label.id, keyframes } },
  ]);
  if (isMade) model.select(id);
}

/** A drawn box stands still for this long, until a person says where it really goes. */
const HELD_S = 1;

function heldUntil({ timebase }: EditorModel, frame: Frame): Frame {
  return timebase.frameAt(timebase.timeS(frame) + HELD_S);
}

/**
 * The end of a drawn tube that nobody has placed yet: it repeats the box before it, and follows
 * that box when it is moved instead of pulling the tube back to where it was drawn.
 */
export function heldEnd(tube: Tube): Keyframe | null {
  const [before, last] = tube.keyframes.slice(-2);
  if (tube.state !== "manual" || !before || !last) return null;
  return isSameBox(before.box, last.box) ? last : null;
}

function isSameBox(a: Box, b: Box): boolean {
  return a.every((side, index) => side === b[index]);
}

/** What else changes when the box at `frame` is set. */
function endFollows(tube: Tube, frame: Frame, box: Box): Operation[] {
  const held = heldEnd(tube);
  const before = tube.keyframes.at(-2);
  if (!held || !before || held.frame === frame || frame < before.frame) return [];
  if (frame > held.frame) return [{ op: "keyframe_remove", tube_id: tube.id, frame: held.frame }];
  const { occluded, outside } = held;
  return [{ op: "keyframe_set", tube_id: tube.id, frame: held.frame, box, occluded, outside }];
}

/** Sets the box at a frame; off the tube's extent this makes the tube longer. */
export function setBox(
  model: EditorModel,
  tube: Tube,
  frame: Frame,
  box: Box,
  group: string | null = null,
): void {
  const { occluded } = flagsAt(tube, frame);
  model.edit(
    `Box of ${tubeName(tube)}`,
    [
      {
        op: "keyframe_set",
        tube_id: tube.id,
        frame,
        box: roundedBox(box),
        occluded,
        outside: false,
      },
      ...endFollows(tube, frame, roundedBox(box)),
    ],
    group,
  );
}

export function nudge(model: EditorModel, dx: number, dy: number): void {
  withTube(model, (tube) => {
    const frame = model.frame;
    const grabbed = grabBox(tube, frame);
    if (!grabbed) return;
    const { width, height } = model.video;
    const group = `nudge ${tube.id} ${frame}`;
    setBox(model, tube, frame, moveBox(grabbed.box, dx, dy, width, height), group);
  });
}

/** A keyframe here: deletes the one that is, or makes one of what is shown. */
export function toggleKeyframe(model: EditorModel): void {
  withTube(model, (tube) => {
    const frame = model.frame;
    if (!keyframeOn(tube, frame)) {
      const grabbed = grabBox(tube, frame);
      if (grabbed) setBox(model, tube, frame, grabbed.box);
    } else if (tube.keyframes.length === 1) {
      toast("This is the tube's only keyframe. Shift+Del deletes the tube.");
    } else {
      model.edit("Delete a keyframe", [{ op: "keyframe_remove", tube_id: tube.id, frame }]);
    }
  });
}

export function toggleFlag(model: EditorModel, flag: "occluded" | "outside"): void {
  withTube(model, (tube) => {
    const frame = model.frame;
    const grabbed = grabBox(tube, frame);
    if (!grabbed) return;
    const flags = flagsAt(tube, frame);
    model.edit(`${flag === "occluded" ? "Occluded" : "Outside"} on ${tubeName(tube)}`, [
      {
        op: "keyframe_set",
        tube_id: tube.id,
        frame,
        box: grabbed.box,
        ...flags,
        [flag]: !flags[flag],
      },
    ]);
  });
}

/** The tube's last frame is this one. */
export function endHere(model: EditorModel): void {
  trimTo(model, (tube, frame) => [startFrame(tube), frame + 1], "End");
}

/** The tube's first frame is this one. */
export function beginHere(model: EditorModel): void {
  trimTo(model, (tube, frame) => [frame, endFrame(tube)], "Begin");
}

export function removeTube(model: EditorModel, tube: Tube): void {
  if (!model.edit(`Delete ${tubeName(tube)}`, [{ op: "tube_remove", tube_id: tube.id }])) return;
  toast(`Deleted ${tubeName(tube)}. Ctrl+Z brings it back.`);
}

/** Cuts the tube before this frame; the later part becomes a tube of its own. */
export function splitHere(model: EditorModel): void {
  withTube(model, (tube) => {
    const frame = model.frame;
    const crossing = spansOf(model.annotations, tube.id).filter(
      (span) => span.start_frame < frame && span.end_frame > frame,
    );
    const new_span_ids = Object.fromEntries(crossing.map((span) => [span.id, newId()]));
    const new_tube_id = newId();
    const isDone = model.edit(`Split ${tubeName(tube)}`, [
      { op: "tube_split", tube_id: tube.id, frame, new_tube_id, new_span_ids },
    ]);
    if (isDone) model.select(new_tube_id);
  });
}

export function mergeTubes(model: EditorModel, tube: Tube, other: Tube): void {
  model.ui.set({ tool: "select" });
  const title = `Merge ${tubeName(other)} into ${tubeName(tube)}`;
  if (model.edit(title, [{ op: "tube_merge", tube_id: tube.id, other_id: other.id }])) {
    model.select(tube.id);
    toast(`${title}: done. Ctrl+Z takes it apart again.`, "ok", "undo");
  }
}

/** Takes a click on a tube wherever it was: the other part of a merge, or a choice. */
export function pickTube(
  model: EditorModel,
  id: string | null,
  spanId: string | null = null,
): void {
  const { tool } = model.ui.get();
  const tube = model.selectedTube;
  const other = id ? model.annotations.tubes.get(id) : undefined;
  if (tool === "merge" && tube && other && other.id !== tube.id) mergeTubes(model, tube, other);
  else model.select(id, spanId);
}

export function relabelTube(model: EditorModel, tube: Tube, labelId: number): void {
  model.edit(`Relabel ${tubeName(tube)}`, [
    { op: "tube_relabel", tube_id: tube.id, label_id: labelId },
  ]);
}

/** Calls with the chosen tube, or says that none is chosen. */
export function withTube(model: EditorModel, work: (tube: Tube) => void): void {
  model.player.pause();
  const tube = model.selectedTube;
  if (tube) work(tube);
  else toast("Choose a tube first: click its box or its row.");
}

function trimTo(
  model: EditorModel,
  range: (tube: Tube, frame: Frame) => [Frame, Frame],
  verb: string,
): void {
  withTube(model, (tube) => {
    const [start_frame, end_frame] = range(tube, model.frame);
    model.edit(`${verb} ${tubeName(tube)} here`, [
      { op: "tube_trim", tube_id: tube.id, start_frame, end_frame },
    ]);
  });
}

function flagsAt(tube: Tube, frame: Frame): { occluded: boolean; outside: boolean } {
  if (frame < startFrame(tube) || frame >= endFrame(tube)) {
    return { occluded: false, outside: false };
  }
  const { occluded, outside } = keyframeAt(tube, frame);
  return { occluded, outside };
}
