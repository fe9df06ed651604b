/** The only place that talks HTTP: JSON in, JSON out, and two kinds of failure. */

import type { ErrorBody } from "./types";

/** Without what is meant for the command line: "say so (--format ava)" is "say so" on the page. */
export const withoutFlags = (text: string): string => text.replace(/ \(--[a-z][^()]*\)/g, "");

/** The server answered, and said no. `message` is written for the person at the screen. */
export class ApiError extends Error {
  constructor(
    readonly status: number,
    readonly code: string,
    message: string,
    readonly detail: ErrorBody["detail"] = null,
  ) {
    super(withoutFlags(message));
    this.name = "ApiError";
  }
}

/** No answer came: the server is down or the connection is. Trying again may help. */
export class NetworkError extends Error {
  constructor(cause: unknown) {
    super("The server cannot be reached. Check the connection and try again.", { cause });
    this.name = "NetworkError";
  }
}

type Method = "GET" | "POST" | "PATCH" | "PUT" | "DELETE";
type Options = { signal?: AbortSignal; keepalive?: boolean };

let sessionToken = "";
const loggedOutListeners = new Set<() => void>();

/** Remember the CSRF token of the session answer, for servers that hide the cookie. */
export function rememberCsrfToken(token: string): void {
  sessionToken = token;
}

/** The cookie comes first: another tab's login changes it and makes a remembered token stale. */
export function csrfToken(): string {
  const cookie = document.cookie.match(/(?:^|;\s*)csrftoken=([^;]+)/);
  return cookie ? decodeURIComponent(cookie[1]!) : sessionToken;
}

/** Call `listener` when an answer shows that the session has ended; returns the way to stop. */
export function onLoggedOut(listener: () => void): () => void {
  loggedOutListeners.add(listener);
  return () => loggedOutListeners.delete(listener);
}

/** Read a failure's body; anything that is not ours (a proxy's page) gets a plain message. */
export function errorFromBody(status: number, text: string): ApiError {
  try {
    const body = JSON.parse(text) as Partial<ErrorBody>;
    if (typeof body.message === "string") {
      return new ApiError(status, body.code ?? "error", body.message, body.detail ?? null);
    }
  } catch {
    // Not JSON: fall through to the plain message.
  }
  const message =
    status === 413
      ? "The server refused this as too large."
      : `The server failed to answer (HTTP ${status}). Try again; if it stays, see its log.`;
  return new ApiError(status, "unexpected_answer", message);
}

/** True where the failure means that nobody is logged in. */
export function isLoggedOut(error: unknown): boolean {
  if (!(error instanceof ApiError)) return false;
  return error.status === 401 || error.code === "not_authenticated";
}

async function request<T>(method: Method, path: string, body: unknown, options: Options) {
  const headers: Record<string, string> = { Accept: "application/json" };
  if (method !== "GET") headers["X-CSRFToken"] = csrfToken();
  const isForm = body instanceof FormData;
  if (body !== undefined && !isForm) headers["Content-Type"] = "application/json";
  let response: Response;
  let text: string;
  try {
    response = await fetch(path, {
      method,
      headers,
      credentials: "same-origin",
      body: body === undefined ? undefined : isForm ? body : JSON.stringify(body),
      ...options,
    });
    text = await response.text();
  } catch (cause) {
    if (options.signal?.aborted) throw cause;
    throw new NetworkError(cause);
  }
  if (!response.ok) {
    const error = errorFromBody(response.status, text);
    if (isLoggedOut(error)) loggedOutListeners.forEach((listener) => listener());
    throw error;
  }
  return parse<T>(response.status, text);
}

function parse<T>(status: number, text: string): T {
  if (text === "") return null as T;
  try {
    return JSON.parse(text) as T;
  } catch {
    throw new ApiError(status, "unexpected_answer", "The server's answer could not be read.");
  }
}

/** An empty answer (204) comes back as null. All throw ApiError or NetworkError. */
export const get = <T>(path: string, options: Options = {}) =>
  request<T>("GET", path, undefined, options);
export const post = <T>(path: string, body?: unknown, options: Options = {}) =>
  request<T>("POST", path, body, options);
export const patch = <T>(path: string, body: unknown, options: Options = {}) =>
  request<T>("PATCH", path, body, options);
export const del = <T>(path: string, options: Options = {}) =>
  request<T>("DELETE", path, undefined, options);
