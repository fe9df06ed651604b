import { describe, expect, it } from "vitest";

import { annotationsFrom } from "../domain/annotations";
import { box } from "../domain/box";
import type { Span } from "../domain/span";
import type { Tube } from "../domain/tube";
import {
  barBox,
  GUTTER_PX,
  layoutOf,
  mostScroll,
  RULER_PX,
  rowTop,
  rulerStep,
  Scale,
  scrollShowing,
  stacked,
  timelineHit,
} from "./geometry";
import { clock } from "./time";
import { pannedWindow, visibleRange, windowShowing, zoomedWindow } from "./window";

const own = { state: "manual", score: null, run_id: null, proposed: null, revision: 1 } as const;

function span(id: string, start_frame: number, end_frame: number, tube_id: string | null = "a") {
  return { id, tube_id, label_id: 1, start_frame, end_frame, ...own } satisfies Span;
}

function tube(id: string, number: number): Tube {
  const at = (frame: number) => ({ frame, box: box(0, 0, 9, 9), occluded: false, outside: false });
  return { id, number, label_id: 1, keyframes: [at(10), at(60)], ...own };
}

const annotations = annotationsFrom({
  tubes: [tube("b", 2), tube("a", 1)],
  spans: [span("s1", 10, 30), span("s2", 20, 40), span("s3", 30, 50), span("v", 0, 99, null)],
  coverage: [],
});
const all = { showsTube: () => true, showsSpan: () => true };
const layout = layoutOf(annotations, all);
const whole = { from: 0, until: 100, scrollY: 0 };
const scale = new Scale(whole, GUTTER_PX + 1000);

describe("rows", () => {
  it("stacks spans that overlap and reuses a lane that is free again", () => {
    const { bars, laneCount } = stacked([span("x", 0, 10), span("y", 5, 15), span("z", 10, 20)]);
    expect(bars.map((bar) => [bar.span.id, bar.lane])).toEqual([
      ["x", 0],
      ["y", 1],
      ["z", 0],
    ]);
    expect(laneCount).toBe(2);
  });

  it("lays rows by person number without gaps", () => {
    expect(layout.rows.map((row) => row.tube!.id)).toEqual(["a", "b"]);
    expect(layout.rows[1]!.top).toBe(layout.rows[0]!.height);
    expect(layout.height).toBe(layout.rows[0]!.height + layout.rows[1]!.height);
  });

  it("scrolls just far enough", () => {
    const height = RULER_PX + layout.video.height + 20;
    const row = layout.rows[1]!;
    expect(scrollShowing(layout, row, 0, height)).toBe(row.top + row.height - 20);
    expect(scrollShowing(layout, layout.rows[0]!, 50, height)).toBe(0);
    expect(mostScroll(layout, 1000)).toBe(0);
  });
});

describe("hits", () => {
  const row = layout.rows[0]!;
  const top = rowTop(layout, row, 0);
  const bar = row.bars.find((b) => b.span.id === "s1")!;
  const at = barBox(row, bar, scale);

  it("goes from frames to pixels and back", () => {
    expect(scale.x(50)).toBe(GUTTER_PX + 500);
    expect(scale.frame(scale.x(37))).toBeCloseTo(37);
  });

  it("finds the middle and both edges of a span", () => {
    const edge = (x: number) => {
      const hit = timelineHit(layout, scale, x, top + at.y + 4);
      return hit.kind === "span" ? [hit.span.id, hit.edge] : hit.kind;
    };
    expect(edge(at.x + at.width / 2)).toEqual(["s1", null]);
    expect(edge(at.x + 2)).toEqual(["s1", "start"]);
    expect(edge(at.x - 2)).toEqual(["s1", "start"]);
    // s3 begins in the same lane where s1 ends: each side of the border is its own.
    expect(edge(at.x + at.width - 2)).toEqual(["s1", "end"]);
    expect(edge(at.x + at.width + 2)).toEqual(["s3", "start"]);
  });

  it("tells ruler, names, keyframes, empty rows and nothing apart", () => {
    const kind = (x: number, y: number) => timelineHit(layout, scale, x, y).kind;
    expect(kind(300, 5)).toBe("ruler");
    expect(kind(20, top + 5)).toBe("gutter");
    expect(timelineHit(layout, scale, scale.x(60.5), top + 9)).toMatchObject({
      kind: "keyframe",
      frame: 60,
    });
    expect(kind(scale.x(80), top + 9)).toBe("row");
    expect(kind(300, 900)).toBe("none");
  });

  it("hits rows where they were scrolled to", () => {
    const scrolled = new Scale({ ...whole, scrollY: row.height }, GUTTER_PX + 1000);
    const hit = timelineHit(layout, scrolled, 20, RULER_PX + layout.video.height + 3);
    expect(hit.kind === "gutter" && hit.row.tube!.id).toBe("b");
  });
});

describe("the window on time", () => {
  it("zooms round a frame and never leaves the video", () => {
    const near = zoomedWindow(whole, 50, 0.5, 100);
    expect([near.from, near.until]).toEqual([25, 75]);
    expect(zoomedWindow(near, 50, 100, 100)).toMatchObject({ from: 0, until: 100 });
    expect(pannedWindow(near, 80, 100)).toMatchObject({ from: 50, until: 100 });
  });

  it("turns the page when the playhead leaves it", () => {
    const near = { from: 0, until: 20, scrollY: 5 };
    expect(windowShowing(near, 19, 100)).toBe(near);
    expect(windowShowing(near, 20, 100)).toEqual({ from: 18, until: 38, scrollY: 5 });
  });

  it("counts a frame that is half in sight as seen", () => {
    expect(visibleRange({ from: 2.5, until: 7.2, scrollY: 0 }, 100)).toEqual({
      start_frame: 2,
      end_frame: 8,
    });
  });

  it("labels the ruler in round steps", () => {
    expect(rulerStep(0.01)).toBe(1);
    expect(rulerStep(1)).toBe(120);
    expect(clock(64.25)).toBe("1:04.25");
    expect(clock(3723, 0)).toBe("1:02:03");
  });
});
