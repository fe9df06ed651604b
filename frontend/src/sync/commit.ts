import type { ObjectIds, ObjectLists } from "../domain/annotations";
import type { Operation } from "../domain/operations";

/** One unit of saving: made here, kept here until the server has said that it has it. */
export interface Commit {
  /** Made by the client: sending the same commit again changes nothing. */
  readonly commit_id: string;
  readonly video_id: string;
  readonly user_id: number | null;
  /** The browser tab that sends it. */
  readonly tab_id: string;
  /** Order among the commits of a tab. */
  readonly seq: number;
  readonly base_revision: number;
  readonly operations: readonly Operation[];
  /** Ids of every object the operations change. */
  readonly touched: readonly string[];
  /** Gestures in it, for "3 edits kept here". */
  readonly edits: number;
  /** Active seconds of work; null while the commit may still grow. */
  readonly seconds: number | null;
  /** It accepts many tubes by one gesture: sent by itself, so that the server can say no to it. */
  readonly accept_all?: boolean;
}

/** Objects as the server has them at a revision. */
export interface ServerState extends ObjectLists {
  readonly revision: number;
}

export interface ServerDelta extends ServerState {
  readonly removed: ObjectIds;
}

/** What the author of a commit should hear: a proposal in it was planted to check attention. */
export interface Notice {
  readonly kind: string;
  /** Null: it had been decided before and was put back. */
  readonly caught: boolean | null;
  readonly message: string;
}

export interface CommitAnswer extends ServerDelta {
  readonly notices?: readonly Notice[];
}

export interface ConflictObject {
  readonly kind: "tube" | "span" | "coverage";
  readonly id: string;
  readonly theirs: unknown;
}

/** What the server does for one video. Throws `ApiError` or `NetworkError`. */
export interface Transport {
  load(): Promise<ServerState>;
  since(revision: number): Promise<ServerDelta>;
  commit(commit: Commit): Promise<CommitAnswer>;
}
