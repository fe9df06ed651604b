import { expect, it } from "vitest";

import { gaps, joined, overlap } from "./span";

const range = (start_frame: number, end_frame: number) => ({ start_frame, end_frame });

it("joins ranges that touch or overlap", () => {
  expect(joined([range(20, 30), range(0, 10), range(10, 12), range(25, 40)])).toEqual([
    range(0, 12),
    range(20, 40),
  ]);
});

it("finds what is not covered", () => {
  expect(gaps([range(10, 20), range(15, 30)], range(0, 50))).toEqual([range(0, 10), range(30, 50)]);
  expect(gaps([range(0, 60)], range(0, 50))).toEqual([]);
  expect(gaps([range(70, 80)], range(0, 50))).toEqual([range(0, 50)]);
});

it("takes ranges as half open", () => {
  expect(overlap(range(0, 10), range(10, 20))).toBeNull();
  expect(overlap(range(0, 10), range(9, 20))).toEqual(range(9, 10));
});
