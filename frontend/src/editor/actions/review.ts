/** Deciding about proposals, and saying what has been looked at. */
import { coverageOf, spansOf, tubesInOrder, type Annotations } from "../../domain/annotations";
import { newId } from "../../domain/id";
import type { Operation } from "../../domain/operations";
import type { Label } from "../../domain/taxonomy";
import { gaps, joined, type Coverage, type FrameRange } from "../../domain/span";
import { isConfirmed } from "../../domain/state";
import { endFrame, startFrame, type Tube } from "../../domain/tube";
import { toast } from "../../ui/Toast";
import type { EditorModel } from "../model";
import { visibleRange } from "../../timeline/window";
import { rangeOf } from "./navigate";
import { openSegments } from "./segments";
import { tubeName } from "./tubes";

/** Is anything on this tube still waiting for a person's word? */
export function isOpen(annotations: Annotations, tube: Tube): boolean {
  if (tube.state === "rejected") return false;
  if (tube.state === "proposed") return true;
  return spansOf(annotations, tube.id).some((span) => span.state === "proposed");
}

export function openTubes(annotations: Annotations): Tube[] {
  return tubesInOrder(annotations).filter((tube) => isOpen(annotations, tube));
}

/** Yes to the tube and all that is proposed on it, and: all its actions were looked at. */
export function acceptTube(model: EditorModel, tube: Tube): boolean {
  const operations: Operation[] = [];
  if (!isConfirmed(tube.state)) {
    operations.push({ op: "tube_decide", tube_id: tube.id, decision: "accepted" });
  }
  const hidden = model.isBlind(tube.id);
  if (hidden) operations.push(...decideUnseen(model, tube));
  for (const span of spansOf(model.annotations, tube.id)) {
    if (hidden || span.state !== "proposed") continue;
    operations.push({ op: "span_decide", span_id: span.id, decision: "accepted" });
  }
  operations.push(...coverTube(model, tube));
  return model.edit(`Accept ${tubeName(tube)}`, operations);
}

/**
 * What a model proposed and the person did not see gives way to what they said: it is rejected. Only
 * a proposal that is the very same, action and times, is accepted, in place of the person's own.
 */
function decideUnseen(model: EditorModel, tube: Tube): Operation[] {
  const spans = spansOf(model.annotations, tube.id);
  const own = spans.filter((span) => span.state === "manual");
  return spans
    .filter((span) => span.state === "proposed")
    .flatMap((span): Operation[] => {
      const same = own.find(
        (other) =>
          other.label_id === span.label_id &&
          other.start_frame === span.start_frame &&
          other.end_frame === span.end_frame,
      );
      const decide = { op: "span_decide" as const, span_id: span.id };
      if (!same) return [{ ...decide, decision: "rejected" }];
      own.splice(own.indexOf(same), 1);
      return [
        { op: "span_remove", span_id: same.id },
        { ...decide, decision: "accepted" },
      ];
    });
}

/** No to a proposal; a tube that a person drew is deleted instead. */
export function rejectTube(model: EditorModel, tube: Tube): boolean {
  if (tube.state === "manual") {
    return model.edit(`Delete ${tubeName(tube)}`, [{ op: "tube_remove", tube_id: tube.id }]);
  }
  return model.edit(`Reject ${tubeName(tube)}`, [
    { op: "tube_decide", tube_id: tube.id, decision: "rejected" },
  ]);
}

/** Back to undecided: for a tube that a model proposed. */
export function undecideTube(model: EditorModel, tube: Tube): void {
  model.edit(`Undecide ${tubeName(tube)}`, [
    { op: "tube_decide", tube_id: tube.id, decision: "proposed" },
  ]);
}

/** Has somebody looked at all of the tube for every action label? */
export function isCovered(model: EditorModel, annotations: Annotations, tube: Tube): boolean {
  return coversTube(model, coverageOf(annotations, tube.id), tube);
}

export function coversTube(model: EditorModel, coverage: readonly Coverage[], tube: Tube): boolean {
  if (coverage.length === 0) return false;
  const whole = { start_frame: startFrame(tube), end_frame: endFrame(tube) };
  return isLookedThrough(coverage, whole, idsOf(model.labelsOf("action")));
}

/** Whether every frame was looked at for each of the labels: one added later was not asked about. */
function isLookedThrough(
  coverage: readonly Coverage[],
  whole: FrameRange,
  labelIds: readonly number[],
): boolean {
  if (labelIds.length === 0) return gaps(coverage, whole).length === 0;
  return labelIds.every((id) => {
    const about = coverage.filter((c) => c.label_ids.includes(id));
    return gaps(about, whole).length === 0;
  });
}

const idsOf = (labels: readonly Label[]): number[] => labels.map((label) => label.id);

/** The labels that are asked about: a person who looks now looks for these. */
const liveIds = (model: EditorModel): number[] =>
  idsOf(model.project.labels.filter((label) => !label.is_retired));

/** What is asked about a stretch: is anybody, or any segment, missing? Not what each one does. */
const missingIds = (model: EditorModel): number[] =>
  idsOf(model.project.labels.filter((label) => !label.is_retired && label.kind !== "action"));

function coverTube(model: EditorModel, tube: Tube): Operation[] {
  const label_ids = idsOf(model.labelsOf("action"));
  if (label_ids.length === 0 || isCovered(model, model.annotations, tube)) return [];
  const coverage = {
    id: newId(),
    tube_id: tube.id,
    start_frame: startFrame(tube),
    end_frame: endFrame(tube),
    label_ids,
  };
  return [
    ...removals(model, tube.id, (c) => isWithin(c.label_ids, label_ids)),
    { op: "coverage_add", coverage },
  ];
}

const isWithin = (some: readonly number[], all: readonly number[]): boolean =>
  some.every((id) => all.includes(id));

function removals(
  model: EditorModel,
  tubeId: string | null,
  which: (covered: Coverage) => boolean = () => true,
): Operation[] {
  return coverageOf(model.annotations, tubeId)
    .filter(which)
    .map((covered) => ({ op: "coverage_remove", coverage_id: covered.id }));
}

/** "Nothing else here": the range needs no more work, on any row. */
export function coverVideo(
  model: EditorModel,
  range: FrameRange,
  label_ids: number[] = liveIds(model),
): boolean {
  const coverage = coverageOf(model.annotations, null);
  if (isLookedThrough(coverage, range, label_ids)) {
    toast("These frames are marked as reviewed already.");
    return false;
  }
  // What was reviewed for other labels, before one was added, stays as it is: not asked.
  const isSame = (c: Coverage): boolean =>
    isWithin(c.label_ids, label_ids) && isWithin(label_ids, c.label_ids);
  const operations: Operation[] = [
    ...removals(model, null, isSame),
    ...joined([...coverage.filter(isSame), range]).map(
      (part): Operation => ({
        op: "coverage_add",
        coverage: { id: newId(), tube_id: null, ...part, label_ids },
      }),
    ),
  ];
  const what = `frames ${range.start_frame}–${range.end_frame - 1}`;
  if (!model.edit(`Review of ${what}`, operations)) return false;
  const open = [
    ...openTubes(model.annotations).map(rangeOf),
    ...openSegments(model.annotations),
  ].filter(
    ({ start_frame, end_frame }) => start_frame < range.end_frame && end_frame > range.start_frame,
  ).length;
  const rest = open === 1 ? "1 proposal there is" : `${open} proposals there are`;
  toast(`Marked as reviewed: ${what}.${open > 0 ? ` ${rest} still undecided.` : ""}`);
  return true;
}

export function coverVisible(model: EditorModel): void {
  coverVideo(model, visibleRange(model.window.get(), model.timebase.frameCount));
}

export function coverWhole(model: EditorModel): void {
  coverVideo(model, { start_frame: 0, end_frame: model.timebase.frameCount });
}

/** Takes back that the video was reviewed. */
export function uncoverVideo(model: EditorModel): void {
  model.edit("Not reviewed after all", removals(model, null));
}

/** Has somebody looked through all of the video for every label? */
export function isVideoCovered(model: EditorModel, annotations: Annotations): boolean {
  const whole = { start_frame: 0, end_frame: model.timebase.frameCount };
  return isLookedThrough(coverageOf(annotations, null), whole, liveIds(model));
}

/**
 * "Nothing is missing" in a stretch. Actions are left out: who looks for somebody overlooked has not
 * been through what each of the others does, and a label added later would be denied everywhere.
 */
export function coverStretch(model: EditorModel, range: FrameRange): boolean {
  return coverVideo(model, range, missingIds(model));
}

/** Has somebody looked whether anything is missing in these frames? */
export function isStretchCovered(model: EditorModel, range: FrameRange): boolean {
  return isLookedThrough(coverageOf(model.annotations, null), range, missingIds(model));
}
