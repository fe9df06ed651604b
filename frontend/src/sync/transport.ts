import { get, post } from "../api/client";
import type { CommitAnswer, ServerDelta, ServerState, Transport } from "./commit";

/** The annotations of one video over HTTP. */
export function httpTransport(videoId: string): Transport {
  const root = `/api/videos/${videoId}`;
  return {
    load: () => get<ServerState>(`${root}/annotations`),
    since: (revision) => get<ServerDelta>(`${root}/revisions?after=${revision}`),
    commit: ({ commit_id, base_revision, operations, seconds, edits, accept_all }) =>
      post<CommitAnswer>(`${root}/commits`, {
        commit_id,
        base_revision,
        operations,
        seconds,
        gestures: edits,
        accept_all: accept_all ?? false,
      }),
  };
}
