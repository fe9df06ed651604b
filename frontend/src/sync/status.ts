import type { ConflictObject } from "./commit";

/** How saving stands, in the words of the status line. */
export type SaveStatus =
  | { state: "saved" }
  | { state: "saving"; edits: number }
  | { state: "offline"; edits: number }
  | { state: "signed_out"; edits: number }
  | { state: "refused"; edits: number; message: string }
  | { state: "conflict"; edits: number; objects: readonly ConflictObject[]; revision: number };
