/** Sends files in resumable pieces, outside the pages: leaving the tab does not stop an upload. */

import { useSyncExternalStore } from "react";
import { DetailedError, Upload, type HttpRequest, type HttpResponse } from "tus-js-client";

import { csrfToken, errorFromBody } from "../../api/client";
import {
  isUnfinished,
  nextToStart,
  reduceUploads,
  uploadKey,
  type UploadEvent,
  type UploadItem,
} from "./uploadState";

const ENDPOINT = "/api/uploads";
const PIECE_BYTES = 8 * 1024 * 1024;
const RETRY_MS = [0, 1000, 3000, 5000, 10_000];

let items: UploadItem[] = [];
const files = new Map<string, File>();
const transfers = new Map<string, Upload>();
const listeners = new Set<() => void>();

function dispatch(event: UploadEvent): void {
  items = reduceUploads(items, event);
  listeners.forEach((listener) => listener());
  // Starting one dispatches in turn, so look again each time instead of keeping a list.
  for (let next = nextToStart(items)[0]; next; next = nextToStart(items)[0]) void start(next);
}

/** Queue files for upload into a project. */
export function addUploads(projectId: number, chosen: Iterable<File>): void {
  for (const file of chosen) {
    const key = uploadKey(projectId, file);
    files.set(key, file);
    dispatch({ type: "added", item: { key, projectId, name: file.name, size: file.size } });
  }
}

/** Stop sending; what has arrived stays on the server and is gone on from later. */
export function pauseUpload(key: string): void {
  void transfers.get(key)?.abort();
  dispatch({ type: "paused", key });
}

export const resumeUpload = (key: string): void => dispatch({ type: "resumed", key });

/** Take a file off the list; one that is not finished is deleted from the server, too. */
export function removeUpload(key: string): void {
  const item = items.find((candidate) => candidate.key === key);
  const transfer = transfers.get(key);
  if (item && transfer && item.state !== "sent" && item.state !== "duplicate") {
    // The pieces expire on the server anyway, so a failure to delete them is no news.
    transfer.abort(true).catch(() => undefined);
  }
  transfers.delete(key);
  files.delete(key);
  dispatch({ type: "removed", key });
}

export function useUploads(projectId: number): UploadItem[] {
  const all = useSyncExternalStore(subscribe, () => items);
  return all.filter((item) => item.projectId === projectId);
}

function subscribe(listener: () => void): () => void {
  listeners.add(listener);
  return () => listeners.delete(listener);
}

async function start({ key, projectId, name, size }: UploadItem): Promise<void> {
  const file = files.get(key)!;
  dispatch({ type: "started", key });
  if (size === 0) {
    return dispatch({ type: "failed", key, error: `${name} is empty: it has no bytes to send.` });
  }
  const transfer = transferFor(key, projectId, file);
  transfers.set(key, transfer);
  const [previous] = await transfer.findPreviousUploads();
  const current = items.find((item) => item.key === key);
  if (current?.state !== "sending") return;
  if (previous) transfer.resumeFromPreviousUpload(previous);
  transfer.start();
}

function transferFor(key: string, projectId: number, file: File): Upload {
  let jobId: string | null = null;
  let videoId: string | null = null;
  return new Upload(file, {
    endpoint: ENDPOINT,
    chunkSize: PIECE_BYTES,
    retryDelays: RETRY_MS,
    metadata: { filename: file.name, project: String(projectId) },
    // The project is part of the name, so that a file is never resumed into another project.
    fingerprint: () => Promise.resolve(`tubelab|${key}`),
    removeFingerprintOnSuccess: true,
    onBeforeRequest: (request: HttpRequest) => request.setHeader("X-CSRFToken", csrfToken()),
    onAfterResponse: (_request: HttpRequest, response: HttpResponse) => {
      jobId = response.getHeader("Tubelab-Job") ?? jobId;
      videoId = response.getHeader("Tubelab-Video") ?? videoId;
    },
    onProgress: (sent) => dispatch({ type: "progressed", key, sent }),
    onError: (error) => dispatch({ type: "failed", key, error: uploadErrorMessage(error) }),
    onSuccess: () => dispatch({ type: "finished", key, jobId, videoId }),
  });
}

/** The server's own reason where it gave one. */
export function uploadErrorMessage(error: Error): string {
  const response = error instanceof DetailedError ? error.originalResponse : null;
  if (!response) return "The connection was lost. Resume when it is back.";
  return errorFromBody(response.getStatus(), response.getBody() ?? "").message;
}

window.addEventListener("beforeunload", (event) => {
  if (items.some(isUnfinished)) event.preventDefault();
});
