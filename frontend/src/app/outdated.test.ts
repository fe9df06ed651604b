import { expect, it, vi } from "vitest";

import { reloadWhenOutdated } from "./outdated";

it("reloads once when a part of the page is gone, and lets a second failure show", () => {
  const reload = vi.fn();
  reloadWhenOutdated(reload);
  const fail = () => window.dispatchEvent(new Event("vite:preloadError", { cancelable: true }));
  expect(fail()).toBe(false);
  expect(fail()).toBe(true);
  expect(reload).toHaveBeenCalledTimes(1);
});
