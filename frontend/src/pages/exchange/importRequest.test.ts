import { describe, expect, it } from "vitest";

import { importBody, NOTHING_CHOSEN } from "./importRequest";

describe("importBody", () => {
  it("sends the files that were chosen and how to read them", () => {
    const file = new File(["a,b"], "ava.csv");
    const labels = new File(["label {}"], "actions.pbtxt");
    const body = importBody(
      { ...NOTHING_CHOSEN, file, labels, eighthColumn: "score" },
      "merge",
      true,
    );
    expect([...body.keys()].sort()).toEqual([
      "coordinates",
      "eighth_column",
      "file",
      "format",
      "labels",
      "mode",
      "skip_bad_rows",
    ]);
    expect((body.get("file") as File).name).toBe("ava.csv");
    expect(body.get("mode")).toBe("merge");
    expect(body.get("skip_bad_rows")).toBe("true");
    expect(body.get("eighth_column")).toBe("score");
  });
});
