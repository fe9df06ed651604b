import { describe, expect, it } from "vitest";

import { colorUnlike } from "./labelColor";

describe("colorUnlike", () => {
  it("begins with the first and passes over what looks like a color in use", () => {
    expect(colorUnlike([])).toBe("#5aa9ff");
    const used = ["#4f9dff", "#5bc489", "#e86a6a", "#b18cf0", "#45c4d6", "#e889c0", "#c7d04b"];
    expect(["#e8b95a", "#d98a5f", "#9aa7b8"]).toContain(colorUnlike(used));
  });

  it("gives different ones in a row until all are used", () => {
    const given: string[] = [];
    for (let i = 0; i < 10; i += 1) given.push(colorUnlike(given));
    expect(new Set(given).size).toBe(10);
  });
});
