import { get, post } from "../api/client";
import type { ServerDelta, ServerState, Transport } from "./commit";

/** The annotations of one video over HTTP. */
export function httpTransport(videoId: string): Transport {
  const root = `/api/videos/${videoId}`;
  return {
    load: () => get<ServerState>(`${root}/annotations`),
    since: (revision) => get<ServerDelta>(`${root}/revisions?after=${revision}`),
    commit: ({ commit_id, base_revision, operations, seconds }) =>
      post<ServerDelta>(`${root}/commits`, { commit_id, base_revision, operations, seconds }),
  };
}
