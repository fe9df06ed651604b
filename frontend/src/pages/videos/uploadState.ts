/** Uploads as plain values and the events that change them; `uploadStore` does the sending. */

export type UploadState = "waiting" | "sending" | "paused" | "failed" | "sent" | "duplicate";

export interface UploadItem {
  key: string;
  projectId: number;
  name: string;
  size: number;
  sent: number;
  state: UploadState;
  /** Why it failed, in the server's words. */
  error: string | null;
  /** The job that takes the video in, once all bytes have arrived. */
  jobId: string | null;
  /** The video already there, for a duplicate. */
  videoId: string | null;
}

export type UploadEvent =
  | { type: "added"; item: Pick<UploadItem, "key" | "projectId" | "name" | "size"> }
  | { type: "started"; key: string }
  | { type: "progressed"; key: string; sent: number }
  | { type: "paused"; key: string }
  | { type: "resumed"; key: string }
  | { type: "failed"; key: string; error: string }
  | { type: "finished"; key: string; jobId: string | null; videoId: string | null }
  | { type: "removed"; key: string };

/** How many files are sent at once: more only share the same line. */
export const AT_ONCE = 2;

export function reduceUploads(items: UploadItem[], event: UploadEvent): UploadItem[] {
  if (event.type === "added") return add(items, event.item);
  if (event.type === "removed") return items.filter((item) => item.key !== event.key);
  return items.map((item) => (item.key === event.key ? step(item, event) : item));
}

type StepEvent = Exclude<UploadEvent, { type: "added" } | { type: "removed" }>;

function step(item: UploadItem, event: StepEvent): UploadItem {
  switch (event.type) {
    case "started":
      return { ...item, state: "sending", error: null };
    case "progressed":
      // A late progress event must not wake up a file that was paused meanwhile.
      return item.state === "sending" ? { ...item, sent: event.sent } : item;
    case "paused":
      return isOpen(item) ? { ...item, state: "paused" } : item;
    case "resumed":
      return isOpen(item) ? item : { ...item, state: "waiting", error: null };
    case "failed":
      return { ...item, state: "failed", error: event.error };
    case "finished":
      return {
        ...item,
        state: event.videoId ? "duplicate" : "sent",
        sent: item.size,
        jobId: event.jobId,
        videoId: event.videoId,
        error: null,
      };
  }
}

type Added = Extract<UploadEvent, { type: "added" }>["item"];

function add(items: UploadItem[], added: Added): UploadItem[] {
  const fresh: UploadItem = {
    ...added,
    sent: 0,
    state: "waiting",
    error: null,
    jobId: null,
    videoId: null,
  };
  // The same file again takes the place of a try that has ended, and is ignored while one runs.
  const earlier = items.find((item) => item.key === added.key);
  if (!earlier) return [...items, fresh];
  if (isUnfinished(earlier)) return items;
  return items.map((item) => (item.key === added.key ? fresh : item));
}

/** Waiting or being sent. */
export const isOpen = (item: UploadItem): boolean =>
  item.state === "waiting" || item.state === "sending";

/** Closing the page would lose its place. */
export const isUnfinished = (item: UploadItem): boolean => isOpen(item) || item.state === "paused";

/** The files to start now, in the order in which they came. */
export function nextToStart(items: UploadItem[]): UploadItem[] {
  const sending = items.filter((item) => item.state === "sending").length;
  return items.filter((item) => item.state === "waiting").slice(0, Math.max(0, AT_ONCE - sending));
}

/** One name per file and project: the same file chosen twice is one upload. */
export function uploadKey(projectId: number, file: File): string {
  return [projectId, file.name, file.size, file.lastModified].join("|");
}
