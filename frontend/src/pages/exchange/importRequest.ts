/** What a person chose to import, the form that is sent, and what of it survives a reload. */

import type { FileFormat, ImportMode } from "../../api/types";
import { withRole, type ChosenFile } from "./importFiles";
import type { Mapping } from "./mapping";

export type EighthColumn = "person_id" | "score" | "ignore";
export type Coordinates = "fractions" | "pixels";

/** How to read what the files do not say. */
export interface ReadingOptions {
  format: string;
  link: boolean;
  eighthColumn: EighthColumn;
  coordinates: Coordinates;
  /** As typed, such as "25" or "30000/1001"; empty where the file or the video says it. */
  frameRate: string;
  /** The video of a file that names none; empty otherwise. */
  videoId: string;
}

export const AS_THE_FILE_SAYS: ReadingOptions = {
  format: "auto",
  link: false,
  eighthColumn: "person_id",
  coordinates: "fractions",
  frameRate: "",
  videoId: "",
};

export interface ImportRequest {
  /** New files, or the job that has them already. */
  source: { files: ChosenFile[] } | { jobId: string };
  options: ReadingOptions;
  mapping: Mapping;
  mode: ImportMode;
  /** What a dry run tries; merging, if not said. */
  dryRunOf?: "merge" | "replace";
  skipBadRows?: boolean;
}

export function importBody(request: ImportRequest): FormData {
  const { source, options, mapping, mode, dryRunOf, skipBadRows } = request;
  const form = new FormData();
  if ("jobId" in source) form.set("from_job", source.jobId);
  else setFiles(form, source.files);
  form.set("format", options.format);
  form.set("mode", mode);
  if (dryRunOf) form.set("dry_run_of", dryRunOf);
  form.set("mapping", JSON.stringify(mapping));
  form.set("skip_bad_rows", String(skipBadRows ?? false));
  form.set("link", String(options.link));
  form.set("eighth_column", options.eighthColumn);
  form.set("coordinates", options.coordinates);
  if (options.frameRate.trim()) form.set("frame_rate", options.frameRate.trim());
  if (options.videoId) form.set("video_id", options.videoId);
  return form;
}

function setFiles(form: FormData, files: ChosenFile[]): void {
  for (const role of ["file", "labels", "excluded"] as const) {
    const file = withRole(files, role);
    if (file) form.set(role, file);
  }
}

const AVA = new Set(["ava", "ava-kinetics"]);
const COUNTS_FRAMES = new Set(["mot", "vatic", "via", "coco", "label-studio", "ucf101-24"]);

/** Which questions are worth asking for a format; all of them while it is not known. */
export function asked(format: string) {
  const open = format === "auto" || format === "";
  return {
    video: !AVA.has(format),
    ava: open || AVA.has(format),
    link: open || AVA.has(format) || format === "coco",
    frameRate: open || COUNTS_FRAMES.has(format),
  };
}

/** The formats that a file by this name could be of, the likely ones first. */
export function likelyFirst(formats: FileFormat[], fileName: string): FileFormat[] {
  const fits = (format: FileFormat) =>
    format.accepts.some((ending) => fileName.toLowerCase().endsWith(ending));
  // A backup becomes a project of its own, on the page of projects.
  const readable = formats.filter(({ name, reads }) => reads && name !== "tubelab");
  return [...readable].sort((a, b) => Number(fits(b)) - Number(fits(a)));
}

/** A rate such as "25", "29.97" or "30000/1001". */
export const isRate = (text: string): boolean =>
  text.trim() === "" || /^\d+(\.\d+)?(\/[1-9]\d*)?$/.test(text.trim());

interface Memory {
  fileName: string;
  options: ReadingOptions;
}

const memoryKey = (jobId: string) => `tubelab.import.${jobId}`;

/** A reload keeps the job's id in the address; what was asked for is kept by this tab. */
export function remember(jobId: string, memory: Memory): void {
  try {
    sessionStorage.setItem(memoryKey(jobId), JSON.stringify(memory));
  } catch {
    // A full or forbidden store costs the options after a reload, nothing else.
  }
}

export function recall(jobId: string): Memory | null {
  try {
    const found = JSON.parse(sessionStorage.getItem(memoryKey(jobId)) ?? "null") as Memory | null;
    return found && { ...found, options: { ...AS_THE_FILE_SAYS, ...found.options } };
  } catch {
    return null;
  }
}
