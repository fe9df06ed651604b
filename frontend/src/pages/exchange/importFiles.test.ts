import { describe, expect, it } from "vitest";

import { addFiles, giveRole, leftOut, withRole } from "./importFiles";

const file = (name: string) => new File([""], name);
const roles = (chosen: ReturnType<typeof addFiles>) =>
  Object.fromEntries(chosen.map((item) => [item.file.name, item.role]));

describe("addFiles", () => {
  it("tells label maps and excluded timestamps by their names", () => {
    const chosen = addFiles(
      [],
      [
        file("ava_val_excluded_timestamps_v2.2.csv"),
        file("ava_action_list_v2.2.pbtxt"),
        file("ava_val_v2.2.csv"),
      ],
    );
    expect(roles(chosen)).toEqual({
      "ava_val_excluded_timestamps_v2.2.csv": "excluded",
      "ava_action_list_v2.2.pbtxt": "labels",
      "ava_val_v2.2.csv": "file",
    });
    expect(roles(addFiles([], [file("classInd.txt"), file("split.txt")]))).toEqual({
      "classInd.txt": "labels",
      "split.txt": "file",
    });
  });

  it("takes a lone file for the annotations, whatever it is called", () => {
    expect(roles(addFiles([], [file("excluded.csv")]))).toEqual({ "excluded.csv": "file" });
  });

  it("keeps one file per role, the newest", () => {
    const first = addFiles([], [file("a.csv")]);
    expect(roles(addFiles(first, [file("b.csv")]))).toEqual({ "b.csv": "file" });
  });

  it("tells which of several files that came together it left out", () => {
    const files = [file("train.csv"), file("labels.txt"), file("val.csv")];
    expect(leftOut(addFiles([], files), files).map(({ name }) => name)).toEqual(["train.csv"]);
  });
});

describe("giveRole", () => {
  it("swaps with the file that had the role", () => {
    const chosen = addFiles([], [file("a.csv"), file("names.pbtxt")]);
    const swapped = giveRole(chosen, withRole(chosen, "labels")!, "file");
    expect(roles(swapped)).toEqual({ "a.csv": "labels", "names.pbtxt": "file" });
  });
});
