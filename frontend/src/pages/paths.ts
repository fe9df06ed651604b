/** Addresses of pages, written once. */

import type { Finding, QueueItem } from "../api/types";
import type { FrameRange } from "../domain/span";

export const projectPath = (projectId: number, tab = "videos") => `/projects/${projectId}/${tab}`;

export const roundPath = (projectId: number, roundId: string) =>
  `/projects/${projectId}/rounds/${roundId}`;

/** The parts of the page of rounds: the classes, and how the loop runs. */
export const loopPath = (projectId: number, part?: "classes" | "settings") =>
  projectPath(projectId, "rounds") + (part ? `/${part}` : "");

/** What the model of a round says otherwise than that of another. */
export const diffPath = (projectId: number, roundId: string, against: string) =>
  `${roundPath(projectId, roundId)}/diff?against=${against}`;

/** A frame in the editor with one of its tubes chosen. */
export const framePath = (projectId: number, videoId: string, frame: number, tubeId: string) =>
  `${videoPath(projectId, videoId)}?frame=${frame}&tube=${tubeId}`;

/** The page of exports and imports; with a job, the import that it is about. */
export const importPath = (projectId: number, jobId: string | null) =>
  `${projectPath(projectId, "exchange")}${jobId ? `?import=${jobId}` : ""}`;

export const evaluationPath = (projectId: number, evaluationId: string) =>
  `/projects/${projectId}/metrics/${evaluationId}`;

export const qualityPath = (projectId: number, part?: "agreement" | "guards") =>
  projectPath(projectId, "quality") + (part ? `/${part}` : "");

export const videoPath = (projectId: number, videoId: string) =>
  `/projects/${projectId}/videos/${videoId}`;

/** The editor at what an item of the queue asks about. */
export const reviewPath = (projectId: number, item: QueueItem) =>
  `${videoPath(projectId, item.video_id)}?${subject(item)}&review=1`;

/** "120-370" as frames 120 to 369; null for anything else. */
export function rangeFrom(text: string | null): FrameRange | null {
  const [, start, end] = /^(\d+)-(\d+)$/.exec(text ?? "") ?? [];
  if (start === undefined || end === undefined || Number(end) <= Number(start)) return null;
  return { start_frame: Number(start), end_frame: Number(end) };
}

function subject(item: QueueItem): string {
  if (item.kind === "tube") return `tube=${item.tube_id}`;
  if (item.kind === "segment") return `segment=${item.span_id}`;
  return `stretch=${item.start_frame}-${item.end_frame}`;
}

/** The frame of a finding, with its tube chosen. */
export const findingPath = (projectId: number, finding: Finding) =>
  `${videoPath(projectId, finding.video_id)}?frame=${finding.frame}` +
  (finding.tube_id ? `&tube=${finding.tube_id}` : "");
