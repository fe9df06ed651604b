import { expect, it } from "vitest";

import { Activity } from "./activity";

it("counts work and cuts pauses off after half a minute", () => {
  let now = 0;
  const activity = new Activity(() => now);
  activity.mark();
  now = 4000;
  activity.mark();
  now = 600_000;
  expect(activity.take()).toBe(34);
  now = 602_000;
  expect(activity.take()).toBe(2);
});
