import { describe, expect, it } from "vitest";

import { box } from "../domain/box";
import type { Tube } from "../domain/tube";
import { handlePoint, hitAt, MIN_BOX_PX, resized } from "./handles";
import type { SceneBox } from "./scene";
import { fitted, focused, toSource, toStage, zoomedAt } from "./view";

const picture = { width: 200, height: 100 };
const view = { scale: 2, x: 10, y: 20, isFit: false };

function item(id: string, [x1, y1, x2, y2]: number[], isSelected = false): SceneBox {
  return { tube: { id } as Tube, box: box(x1!, y1!, x2!, y2!), isSelected } as SceneBox;
}

describe("hits on boxes", () => {
  const scene = [item("big", [0, 0, 100, 90]), item("small", [10, 10, 30, 30])];
  const on = (x: number, y: number, boxes = scene) => hitAt(boxes, view, toStage(view, x, y));

  it("prefers the smallest of those that overlap", () => {
    expect(on(20, 20)).toMatchObject({ kind: "box", item: { tube: { id: "small" } } });
    expect(on(60, 60)).toMatchObject({ kind: "box", item: { tube: { id: "big" } } });
    expect(on(150, 50)).toBeNull();
  });

  it("prefers the chosen box, and its handles before all", () => {
    const chosen = [item("big", [0, 0, 100, 90], true), scene[1]!];
    expect(on(20, 20, chosen)).toMatchObject({ kind: "box", item: { tube: { id: "big" } } });
    const corner = handlePoint(view, chosen[0]!.box, "se");
    expect(hitAt(chosen, view, { x: corner.x + 4, y: corner.y + 4 })).toMatchObject({
      kind: "handle",
      handle: "se",
    });
  });
});

describe("resizing", () => {
  const start = box(50, 20, 100, 60);

  it("moves only the sides of the handle", () => {
    expect(resized(start, "e", 10, 30, picture)).toEqual(box(50, 20, 110, 60));
    expect(resized(start, "nw", -10, 5, picture)).toEqual(box(40, 25, 100, 60));
  });

  it("stays in the picture, may turn over, and keeps a smallest size", () => {
    expect(resized(start, "se", 900, 900, picture)).toEqual(box(50, 20, 200, 100));
    expect(resized(start, "e", -70, 0, picture)).toEqual(box(30, 20, 50, 60));
    const least = resized(start, "e", -50, 0, picture);
    expect(least[2] - least[0]).toBe(MIN_BOX_PX);
  });
});

describe("the view", () => {
  const stage = { width: 416, height: 316 };

  it("fits and centers the picture", () => {
    expect(fitted(picture, stage)).toEqual({ scale: 2, x: 8, y: 58, isFit: true });
  });

  it("keeps the point under the pointer when zooming", () => {
    const point = { x: 100, y: 80 };
    const before = toSource(view, point);
    const after = toSource(zoomedAt(view, point, 1.7, 1), point);
    expect(after.x).toBeCloseTo(before.x);
    expect(after.y).toBeCloseTo(before.y);
  });

  it("brings a small part near, and shows the whole for a large one", () => {
    const near = focused(box(10, 10, 20, 30), picture, stage);
    expect(near.scale).toBeGreaterThan(4);
    expect(near.x).toBeLessThanOrEqual(0);
    expect(focused(box(0, 0, 200, 100), picture, stage).isFit).toBe(true);
  });
});
