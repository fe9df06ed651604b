import { expect, it, vi } from "vitest";

import { newId, uuidFromBytes } from "./id";

const UUID = /^[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/;

it("makes version 4 identifiers where randomUUID is missing", () => {
  vi.stubGlobal("crypto", { getRandomValues: (bytes: Uint8Array) => bytes.fill(255) });
  expect(newId()).toBe("ffffffff-ffff-4fff-bfff-ffffffffffff");
  expect(uuidFromBytes(new Uint8Array(16))).toMatch(UUID);
  vi.unstubAllGlobals();
});
