import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";

import {
  ApiError,
  csrfToken,
  errorFromBody,
  get,
  NetworkError,
  onLoggedOut,
  post,
  rememberCsrfToken,
  withoutFlags,
} from "./client";

const answer = (status: number, body: string) =>
  vi.fn<typeof fetch>(async () => new Response(status === 204 ? null : body, { status }));

function stub(fetcher: ReturnType<typeof answer>) {
  vi.stubGlobal("fetch", fetcher);
  return fetcher;
}

beforeEach(() => {
  document.cookie = "csrftoken=; expires=Thu, 01 Jan 1970 00:00:00 GMT";
  rememberCsrfToken("remembered");
});

afterEach(() => vi.unstubAllGlobals());

describe("request", () => {
  it("reads JSON and asks for it", async () => {
    const fetcher = stub(answer(200, '{"id": 4}'));
    expect(await get<{ id: number }>("/api/projects/4")).toEqual({ id: 4 });
    expect(fetcher.mock.calls[0]![0]).toBe("/api/projects/4");
  });

  it("gives null for an empty answer", async () => {
    stub(answer(204, ""));
    expect(await post("/api/projects/1/queue/next")).toBeNull();
  });

  it("sends the body as JSON with the CSRF token", async () => {
    const fetcher = stub(answer(201, "{}"));
    await post("/api/projects", { name: "Walks" });
    const init = fetcher.mock.calls[0]![1]!;
    expect(init.body).toBe('{"name":"Walks"}');
    expect(init.headers).toMatchObject({
      "Content-Type": "application/json",
      "X-CSRFToken": "remembered",
    });
  });

  it("leaves the content type of a form to the browser, which adds the boundary", async () => {
    const fetcher = stub(answer(202, "{}"));
    const form = new FormData();
    await post("/api/projects/1/imports", form);
    const init = fetcher.mock.calls[0]![1]!;
    expect(init.body).toBe(form);
    expect(init.headers).not.toHaveProperty("Content-Type");
  });

  it("prefers the cookie's CSRF token, which another tab may have renewed", () => {
    document.cookie = "csrftoken=fresh";
    expect(csrfToken()).toBe("fresh");
  });
});

describe("failures", () => {
  it("carries the server's code, message and detail", async () => {
    stub(answer(409, '{"code":"in_use","message":"walk is in use","detail":{"spans":3}}'));
    const error = await get("/api/labels/1").catch((e: unknown) => e);
    expect(error).toBeInstanceOf(ApiError);
    expect(error).toMatchObject({
      status: 409,
      code: "in_use",
      message: "walk is in use",
      detail: { spans: 3 },
    });
  });

  it("tells a lost connection from an answer", async () => {
    vi.stubGlobal("fetch", () => Promise.reject(new TypeError("Failed to fetch")));
    await expect(get("/api/projects")).rejects.toBeInstanceOf(NetworkError);
  });

  it("passes an abort on as it is", async () => {
    const controller = new AbortController();
    controller.abort();
    const abort = new DOMException("Aborted", "AbortError");
    vi.stubGlobal("fetch", () => Promise.reject(abort));
    await expect(get("/api/projects", { signal: controller.signal })).rejects.toBe(abort);
  });

  it("gives a plain message for a page that is not ours", () => {
    const error = errorFromBody(502, "<html>Bad gateway</html>");
    expect(error.code).toBe("unexpected_answer");
    expect(error.message).toContain("HTTP 502");
  });

  it("does not take a page for data", async () => {
    stub(answer(200, "<html>"));
    await expect(get("/api/projects")).rejects.toMatchObject({ code: "unexpected_answer" });
  });

  it("tells listeners when the session has ended, and not for other refusals", async () => {
    const listener = vi.fn();
    const stop = onLoggedOut(listener);
    stub(answer(403, '{"code":"forbidden","message":"Only managers may.","detail":null}'));
    await get("/api/projects").catch(() => undefined);
    expect(listener).not.toHaveBeenCalled();
    stub(answer(403, '{"code":"not_authenticated","message":"Log in.","detail":null}'));
    await get("/api/projects").catch(() => undefined);
    stop();
    await get("/api/projects").catch(() => undefined);
    expect(listener).toHaveBeenCalledTimes(1);
  });
});

describe("withoutFlags", () => {
  it("leaves out what only the command line has", () => {
    expect(withoutFlags("a.txt names none; choose the video (--video NAME).")).toBe(
      "a.txt names none; choose the video.",
    );
    expect(withoutFlags("alone (--link makes tubes of them), or (as here) -- not")).toBe(
      "alone, or (as here) -- not",
    );
    expect(new ApiError(400, "bad_rows", "Go on without them (--skip-bad-rows).").message).toBe(
      "Go on without them.",
    );
  });
});
