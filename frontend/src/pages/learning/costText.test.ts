import { expect, test } from "vitest";

import { costText } from "./costText";

const cost = (n_timed: number, ranked_by = "score") => ({
  n_timed,
  needed: 200,
  ranked_by,
  seconds: 10 * n_timed,
  by_kind: [],
});

test("what answers cost is said in words", () => {
  expect(costText(cost(0))).toBe("No answer from the queue was timed yet.");
  expect(costText(cost(1))).toBe(
    "1 answer timed, pauses cut off. From 200 on, the order goes by what a second tells.",
  );
  expect(costText(cost(250, "score per second"))).toBe(
    "250 answers timed, pauses cut off. The order goes by what a second tells.",
  );
  expect(costText(cost(250))).toContain("by score");
});
