import { describe, expect, it } from "vitest";

import type { Video } from "../api/types";
import { isReview, type Opening } from "./load";
import { EditorSession } from "./session";
import { testModel } from "./testModel";

const opening = (review: boolean, tubeId: string | null): Opening => ({
  projectId: 1,
  videoId: "v",
  subject: { tubeId, spanId: null, stretch: null },
  frame: null,
  review,
  navigate: () => {},
});

const video = (is_blind: boolean) => ({ is_blind }) as Video;

describe("a video whose proposals are hidden", () => {
  it("is not reviewed, except for a second look at a tube", () => {
    expect(isReview(opening(true, null), video(false))).toBe(true);
    expect(isReview(opening(true, null), video(true))).toBe(false);
    expect(isReview(opening(true, "t"), video(true))).toBe(true);
    expect(isReview(opening(false, "t"), video(true))).toBe(false);
  });

  it("stays in the way of working that draws", async () => {
    const { model } = await testModel();
    Object.assign(model.video, { is_blind: true });
    new EditorSession(model).setMode("review");
    expect(model.ui.get().mode).toBe("edit");
  });
});
