import type { components } from "./schema";
import { ApiError, csrfToken, errorFromBody, NetworkError } from "./client";

export type TrackEnd = { frame: number; reason: TrackReason };
export type TrackReason = components["schemas"]["ReasonEnum"];

export interface TrackRequest {
  frame: number;
  box: readonly number[];
  direction: "both" | "forward" | "back";
  first_frame: number | null;
  last_frame: number | null;
}

export interface Tracked {
  keyframes: { frame: number; box: [number, number, number, number] }[];
  forward: TrackEnd | null;
  back: TrackEnd | null;
}

interface Line {
  progress?: number;
  result?: Tracked;
  error?: { code: string; message: string; detail: null };
}

/** Carries a box on the server, telling the share done. Throws ApiError or NetworkError. */
export async function carryBox(
  videoId: string,
  request: TrackRequest,
  onProgress: (share: number) => void,
  signal: AbortSignal,
): Promise<Tracked> {
  const response = await reachable(signal, () =>
    fetch(`/api/videos/${videoId}/track`, {
      method: "POST",
      headers: { "Content-Type": "application/json", "X-CSRFToken": csrfToken() },
      credentials: "same-origin",
      body: JSON.stringify(request),
      signal,
    }),
  );
  if (!response.ok) {
    throw errorFromBody(response.status, await reachable(signal, () => response.text()));
  }
  let result: Tracked | null = null;
  for await (const line of lines(response, signal)) {
    if (line.error) throw new ApiError(400, line.error.code, line.error.message);
    if (line.progress !== undefined) onProgress(line.progress);
    if (line.result) result = line.result;
  }
  if (!result) throw new NetworkError("the answer broke off");
  return result;
}

async function* lines(response: Response, signal: AbortSignal): AsyncGenerator<Line> {
  const reader = response.body!.pipeThrough(new TextDecoderStream()).getReader();
  let rest = "";
  for (;;) {
    const { value, done } = await reachable(signal, () => reader.read());
    const parts = (rest + (value ?? "")).split("\n");
    rest = done ? "" : parts.pop()!;
    for (const part of parts) if (part) yield JSON.parse(part) as Line;
    if (done) return;
  }
}

async function reachable<T>(signal: AbortSignal, work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (cause) {
    if (signal.aborted) throw cause;
    throw new NetworkError(cause);
  }
}
