import { describe, expect, it } from "vitest";

import { loginPath, safeNextPath } from "./nextPath";

describe("safeNextPath", () => {
  it("goes back inside the application", () => {
    expect(safeNextPath("/projects/1/queue?x=1")).toBe("/projects/1/queue?x=1");
  });

  it.each([null, "", "https://evil.example", "//evil.example", "/\\evil.example", "/login"])(
    "goes to the start for %s",
    (next) => expect(safeNextPath(next)).toBe("/"),
  );
});

describe("loginPath", () => {
  it("leads back to where one was", () => {
    const path = loginPath({ pathname: "/projects/1/videos/v", search: "?tube=t&review=1" });
    expect(path).toBe("/login?next=%2Fprojects%2F1%2Fvideos%2Fv%3Ftube%3Dt%26review%3D1");
    expect(safeNextPath(new URLSearchParams(path.split("?")[1]).get("next"))).toBe(
      "/projects/1/videos/v?tube=t&review=1",
    );
    expect(loginPath({ pathname: "/", search: "" })).toBe("/login");
  });
});
