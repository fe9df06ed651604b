import { QueryClient, QueryClientProvider } from "@tanstack/react-query";
import { cleanup, fireEvent, render, screen, within } from "@testing-library/react";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";

import { keys } from "../../api/keys";
import type { Project } from "../../api/types";
import { ImportPreview } from "./ImportPreview";
import { readReport } from "./importReport";
import { AS_THE_FILE_SAYS } from "./importRequest";

const PROJECT = {
  id: 7,
  labels: ["walk", "stand"].map((name, id) => ({ id, name, kind: "action" })),
} as unknown as Project;
const onStart = vi.fn();

function show(result: Record<string, unknown>) {
  const client = new QueryClient();
  client.setQueryData(keys.videos(PROJECT.id), []);
  render(
    <QueryClientProvider client={client}>
      <ImportPreview
        project={PROJECT}
        jobId="j1"
        report={readReport({ videos_total: 1, tubes: { new: 3 }, ...result })}
        asked={AS_THE_FILE_SAYS}
        starting={null}
        error={null}
        onStart={onStart}
      />
    </QueryClientProvider>,
  );
}

const button = (name: string) => screen.getByRole<HTMLButtonElement>("button", { name });

beforeEach(() => onStart.mockReset());
afterEach(cleanup);

describe("ImportPreview", () => {
  it("merges what can be merged", () => {
    show({});
    fireEvent.click(button("Merge"));
    expect(onStart).toHaveBeenCalledWith({
      mode: "merge",
      mapping: {},
      options: AS_THE_FILE_SAYS,
      skipBadRows: false,
    });
  });

  it("goes on without rows that cannot be read only if told to, and never replaces then", () => {
    const reason = "x2 is left of x1";
    show({ rows: 4, error_count: 1, errors: [{ file: "a.csv", row: 12, column: "x2", reason }] });
    const row = within(screen.getByLabelText("Rows that cannot be read")).getAllByRole("row")[1]!;
    expect(
      within(row)
        .getAllByRole("cell")
        .map((cell) => cell.textContent),
    ).toEqual(["a.csv", "12", "x2", reason]);
    expect(button("Merge").disabled).toBe(true);
    fireEvent.click(screen.getByRole("checkbox", { name: /Leave out the 1 row/ }));
    expect(button("Replace…").disabled).toBe(true);
    fireEvent.click(button("Merge"));
    expect(onStart.mock.calls[0]![0]).toMatchObject({ mode: "merge", skipBadRows: true });
  });

  it("checks again with the labels that were chosen before it imports", () => {
    const label = { name: "walking", kind: "action", count: 2, label_id: null, label: null };
    show({ labels: [{ ...label, action: "unknown", suggestions: ["walk"] }] });
    expect(button("Merge").disabled).toBe(true);
    expect(screen.queryByRole("button", { name: "Check again" })).toBeNull();
    const select = screen.getByLabelText("“walking” becomes");
    fireEvent.change(select, { target: { value: "label:walk" } });
    expect(button("Merge").disabled).toBe(true);
    fireEvent.click(button("Check again"));
    expect(onStart.mock.calls[0]![0]).toMatchObject({
      mode: "dry-run",
      mapping: { walking: "walk" },
    });
  });

  it("has nothing to merge where the file says what is there", () => {
    show({ tubes: { unchanged: 4 } });
    expect(screen.getByText(/Merging would change nothing/)).toBeTruthy();
    expect(button("Merge").disabled).toBe(true);
    expect(button("Replace…").disabled).toBe(false);
  });
});
