import { beforeEach, describe, expect, it } from "vitest";

import type { QueueItem } from "../../api/types";
import { rangeFrom, reviewPath } from "../paths";
import { kappaText } from "./AgreementPanel";
import { filtersFrom, filtersText, isFiltered, keepFilters, keptFilters } from "./filters";
import { filterWords, pageText, subjectOf, waitingText } from "./queueText";

const read = (text: string) => filtersFrom(new URLSearchParams(text));

describe("filters", () => {
  beforeEach(() => sessionStorage.clear());

  it("are read from an address and written to it", () => {
    const text = "?kind=segment&slice=random&video=v&label=4&mine=1&unsure=1";
    expect(filtersText(read(text))).toBe(text);
    expect(filtersText(read(text), 100)).toBe(`${text}&offset=100`);
  });

  it("leave out what is not known", () => {
    expect(read("?kind=frame&slice=best&label=four&mine=yes")).toEqual({});
    expect(filtersText({})).toBe("");
    expect(isFiltered({})).toBe(false);
  });

  it("are kept for each project while the tab is open", () => {
    keepFilters(1, read("?kind=tube"));
    expect(keptFilters(1)).toEqual({ kind: "tube" });
    expect(keptFilters(2)).toEqual({});
    keepFilters(1, {});
    expect(keptFilters(1)).toEqual({});
  });

  it("are said in words", () => {
    const words = filterWords(read("?kind=stretch&slice=second&label=4&unsure=1"), () => "run");
    expect(words).toBe("stretches · second look · run · somebody was unsure");
  });
});

describe("what is waited for", () => {
  it("is said with its numbers", () => {
    const waiting = { held: 2, unsure: 1, second: 3 };
    expect(waitingText({ open: 6, waiting })).toBe(
      "2 are being reviewed by others; 1 you were unsure of waits for somebody else; " +
        "3 second looks at your own answers are for somebody else.",
    );
  });

  it("is nothing where all is free", () => {
    expect(waitingText({ open: 6, waiting: { held: 0, unsure: 0, second: 0 } })).toBeNull();
  });
});

describe("an item", () => {
  const item = {
    kind: "tube", video_id: "v", tube_id: "t", span_id: "s", tube_number: 3,
    start_frame: 20, end_frame: 70,
  } as QueueItem; // prettier-ignore

  it("has its address", () => {
    expect(reviewPath(1, item)).toBe("/projects/1/videos/v?tube=t&review=1");
    expect(reviewPath(1, { ...item, kind: "segment" })).toContain("?segment=s&review=1");
    expect(reviewPath(1, { ...item, kind: "stretch" })).toContain("?stretch=20-70&review=1");
  });

  it("has a name", () => {
    expect(subjectOf(item)).toBe("Person 3");
    expect(subjectOf({ ...item, kind: "stretch" })).toBe("Stretch");
  });
});

it("reads a stretch of an address", () => {
  expect(rangeFrom("20-70")).toEqual({ start_frame: 20, end_frame: 70 });
  for (const text of [null, "", "20", "70-20", "20-20", "a-b", "-5-9"]) {
    expect(rangeFrom(text)).toBeNull();
  }
});

it("says kappa with its interval, and where there is none", () => {
  const counts = { n: 9, both: 5, first_only: 1, second_only: 1, neither: 2 };
  expect(kappaText({ ...counts, kappa: 0.5, low: -0.1, high: 1 })).toBe("0.50 (-0.10 to 1.00)");
  expect(kappaText({ ...counts, kappa: 0.5, low: null, high: null })).toBe("0.50 (no interval)");
  expect(kappaText({ ...counts, kappa: null, low: null, high: null })).toBe("all alike");
  expect(kappaText({ ...counts, n: 0, kappa: null, low: null, high: null })).toBe("not seen");
});

it("says which page it is", () => {
  expect(pageText(100, 34, 2134)).toMatch(/^101–134 of 2.?134$/);
});
