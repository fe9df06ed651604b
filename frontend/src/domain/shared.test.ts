import operationCases from "../../../tests/shared/operations.json";
import interpolationCases from "../../../tests/shared/interpolation.json";
import iouCases from "../../../tests/shared/iou.json";
import timebaseCases from "../../../tests/shared/timebase.json";
import { describe, expect, it } from "vitest";

import { annotationsFrom, type Annotations, type ObjectLists } from "./annotations";
import { boxFrom, iou } from "./box";
import { InvalidInput } from "./errors";
import { apply, forward, inverse, type Operation } from "./operations";
import { Timebase, type TimebaseData } from "./timebase";
import { boxAt, type Tube } from "./tube";

interface OperationCase {
  name: string;
  before: unknown;
  operations: unknown;
  after?: unknown;
  changed?: string[];
  error?: unknown;
}

const listsOf = (annotations: Annotations) => ({
  tubes: byId(annotations.tubes),
  spans: byId(annotations.spans),
  coverage: byId(annotations.coverage),
});

const byId = (map: ReadonlyMap<string, unknown>) => Object.fromEntries([...map].sort());
const read = (value: unknown) => annotationsFrom(value as ObjectLists);

describe("operations, as in Python", () => {
  const cases = operationCases.cases as unknown as OperationCase[];

  it.each(cases.filter((c) => c.after))("$name", ({ before, operations, after, changed }) => {
    const result = apply(read(before), operations as Operation[]);
    expect(listsOf(result.annotations)).toEqual(listsOf(read(after)));
    expect(result.changes.map((c) => `${c.kind}:${c.id}`).sort()).toEqual([...changed!].sort());
  });

  it.each(cases.filter((c) => c.error))("refuses: $name", ({ before, operations }) => {
    expect(() => apply(read(before), operations as Operation[])).toThrow(InvalidInput);
  });

  it.each(cases.filter((c) => c.after))("undo and redo: $name", ({ before, operations }) => {
    const start = read(before);
    const { annotations, changes } = apply(start, operations as Operation[]);
    const undone = apply(annotations, [inverse(changes)]).annotations;
    expect(listsOf(undone)).toEqual(listsOf(start));
    const again = apply(undone, [forward(changes)]).annotations;
    expect(listsOf(again)).toEqual(listsOf(annotations));
  });
});

describe("interpolation, as in Python", () => {
  it.each(interpolationCases.cases)("$name", ({ keyframes, boxes }) => {
    const tube = { keyframes } as unknown as Tube;
    for (const { frame, box } of boxes) {
      const found = boxAt(tube, frame);
      if (box === null) expect(found, `frame ${frame}`).toBeNull();
      else box.forEach((value, i) => expect(found![i]).toBeCloseTo(value, 9));
    }
  });
});

describe("overlap, as in Python", () => {
  it.each(iouCases.cases)("$a over $b", ({ a, b, iou: expected }) => {
    expect(iou(boxFrom(a), boxFrom(b))).toBeCloseTo(expected, 9);
  });
});

describe("time, as in Python", () => {
  it.each(timebaseCases.cases)("$name", (data) => {
    const timebase = new Timebase(data as unknown as TimebaseData);
    expect(timebase.durationS).toBeCloseTo(data.duration_s, 9);
    for (const { frame, time_s, middle_s } of data.frames) {
      expect(timebase.timeS(frame)).toBeCloseTo(time_s, 9);
      expect(timebase.middleS(frame)).toBeCloseTo(middle_s, 9);
      expect(timebase.frameAt(middle_s)).toBe(frame);
      // What a decoder reports: the frame's start, rounded to microseconds either way.
      expect(timebase.frameStartingNear(Math.floor(time_s * 1e6) / 1e6)).toBe(frame);
    }
    for (const { time_s, frame } of data.at) expect(timebase.frameAt(time_s)).toBe(frame);
  });
});
