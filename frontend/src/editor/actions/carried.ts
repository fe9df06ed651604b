/** Where a carried box may go in a tube, and the operations that put it there. */
import { roundedBox, type Box } from "../../domain/box";
import type { Operation } from "../../domain/operations";
import type { Frame, Keyframe, Tube } from "../../domain/tube";
import { heldEnd } from "./tubes";

export type Placed = ReadonlyMap<Frame, string>;

/** The frames that may be filled, both included; null where the video is the limit. */
export interface Room {
  readonly first: Frame | null;
  readonly last: Frame | null;
}

export function boxText(box: readonly number[]): string {
  return box.join(" ");
}

/**
 * Has a person said this? Not what a run proposed, what was carried before and is unchanged
 * (`placed`), nor the end that a new tube is held until.
 */
export function isPersons(tube: Tube, keyframe: Keyframe, placed: Placed): boolean {
  if (keyframe.occluded || keyframe.outside) return true;
  const text = boxText(keyframe.box);
  if (placed.get(keyframe.frame) === text) return false;
  if (heldEnd(tube)?.frame === keyframe.frame) return false;
  const said = tube.proposed?.keyframes.find(({ frame }) => frame === keyframe.frame);
  return !said || boxText(said.box) !== text;
}

/** From a frame to the person's next keyframes on both sides, without them. */
export function roomAbout(tube: Tube, frame: Frame, placed: Placed): Room {
  const said = tube.keyframes.filter((k) => k.frame !== frame && isPersons(tube, k, placed));
  const before = said.filter((k) => k.frame < frame).at(-1);
  const after = said.find((k) => k.frame > frame);
  return {
    first: before ? before.frame + 1 : null,
    last: after ? after.frame - 1 : null,
  };
}

/**
 * Sets the carried keyframes and takes away what was there before, but nothing a person set. The
 * frames outside the carried ones stay as they are, except for the end that nobody placed.
 */
export function fill(
  tube: Tube,
  at: Frame,
  carried: readonly { frame: Frame; box: Box }[],
  placed: Placed,
): Operation[] {
  const { first, last } = roomAbout(tube, at, placed);
  const fits = carried.filter(
    ({ frame }) => frame >= (first ?? frame) && frame <= (last ?? frame),
  );
  if (fits.length === 0) return [];
  const kept = new Set(fits.map(({ frame }) => frame));
  const [from, to] = [fits[0]!.frame, fits.at(-1)!.frame];
  const held = heldEnd(tube)?.frame;
  const gone = tube.keyframes.filter(
    (k) =>
      !kept.has(k.frame) &&
      !isPersons(tube, k, placed) &&
      ((k.frame > from && k.frame < to) || (k.frame === held && to > at)),
  );
  return [
    ...fits.map(({ frame, box }): Operation => {
      const flags = { occluded: false, outside: false };
      return { op: "keyframe_set", tube_id: tube.id, frame, box: roundedBox(box), ...flags };
    }),
    ...gone.map(({ frame }): Operation => ({ op: "keyframe_remove", tube_id: tube.id, frame })),
  ];
}
