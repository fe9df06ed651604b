import { cleanup, fireEvent, render, screen, within } from "@testing-library/react";
import { afterEach, describe, expect, it, vi } from "vitest";

import type { ImportMode } from "../../api/types";
import { readReport } from "./importReport";
import { ImportReportView } from "./ImportReportView";

afterEach(cleanup);

function show(result: Record<string, unknown>, mode: ImportMode = "dry-run") {
  const onMerge = vi.fn();
  const onReplace = vi.fn();
  render(
    <ImportReportView
      report={readReport(result)}
      mode={mode}
      busy={false}
      onMerge={onMerge}
      onReplace={onReplace}
    />,
  );
  return { onMerge, onReplace };
}

const cells = (row: string) =>
  within(screen.getByRole("row", { name: new RegExp(`^${row}`) }))
    .getAllByRole("cell")
    .map((cell) => cell.textContent);

describe("ImportReportView", () => {
  it("counts what would change and offers to merge or replace", () => {
    const { onMerge, onReplace } = show({
      tubes: { new: 1200, changed: 1, unchanged: 20, removed: 0, conflict: 2 },
      spans: { new: 7 },
    });
    expect(cells("People")).toEqual(["People", "1,200", "1", "20", "0", "2"]);
    expect(cells("Actions")).toEqual(["Actions", "7", "0", "0", "0", "0"]);
    fireEvent.click(screen.getByRole("button", { name: "Merge" }));
    fireEvent.click(screen.getByRole("button", { name: "Replace…" }));
    expect(onMerge).toHaveBeenCalledWith(false);
    expect(onReplace).toHaveBeenCalledTimes(1);
  });

  it("names the rows at fault and offers only to go on without them", () => {
    const { onMerge } = show({
      rows: 4000,
      tubes: { new: 3 },
      errors: [{ row: 12, reason: "x2 is left of x1" }],
      error_count: 1200,
      unknown_videos: ["abc"],
    });
    expect(screen.getByText("1,200 rows of 4,000 cannot be read")).toBeTruthy();
    expect(screen.getByText("Row 12: x2 is left of x1")).toBeTruthy();
    expect(screen.getByText("and 1,199 more")).toBeTruthy();
    expect(screen.getByText(/left out: abc/)).toBeTruthy();
    expect(screen.queryByRole("button", { name: "Merge" })).toBeNull();
    expect(screen.queryByRole("button", { name: /Replace/ })).toBeNull();
    fireEvent.click(screen.getByRole("button", { name: "Merge without these rows" }));
    expect(onMerge).toHaveBeenCalledWith(true);
  });

  it("says of which video a conflict is", () => {
    show({
      tubes: { conflict: 1, new: 1 },
      videos: { "walk.mp4": { conflicts: ["person 3 was drawn otherwise here; it is kept"] } },
    });
    expect(screen.getByText(/^walk.mp4: person 3 was drawn/)).toBeTruthy();
  });

  it("has nothing to merge where the file says what is there", () => {
    show({ tubes: { unchanged: 4 } });
    expect(screen.getByText(/Merging would change nothing/)).toBeTruthy();
    expect(screen.getByRole<HTMLButtonElement>("button", { name: "Merge" }).disabled).toBe(true);
  });

  it("reports what was done after the import itself", () => {
    show({ tubes: { new: 3 } }, "merge");
    expect(screen.getByText("Imported")).toBeTruthy();
    expect(screen.queryByRole("button")).toBeNull();
  });
});
