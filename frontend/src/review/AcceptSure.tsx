import { keepPreviousData, useQuery } from "@tanstack/react-query";

import { get } from "../api/client";
import { keys } from "../api/keys";
import type { SureTubes } from "../api/types";
import type { EditorSession } from "../editor/session";
import { useStore } from "../editor/store";
import { plural } from "../pages/format";
import { Button } from "../ui/Button";
import { acceptSure, stillSure } from "./sure";

/**
 * Accepts the boxes of all tubes of this video that are sure enough, and leaves their actions to be
 * asked. Only where calibrated scores say so; the server decides which, and holds to it.
 */
export function AcceptSure({ session }: { session: EditorSession }) {
  const { model } = session;
  const order = useStore(model.ui, (ui) => ui.order);
  const annotations = useStore(model.doc, (doc) => doc.annotations);
  const revision = useStore(model.doc, (doc) => doc.revision);
  const open = [...annotations.tubes.values()].filter((tube) => tube.state === "proposed").length;
  const isOffered = order === "video" && model.canEdit && open > 1;
  const sure = useQuery({
    queryKey: keys.sureTubes(model.video.id, revision),
    queryFn: ({ signal }) => get<SureTubes>(`/api/videos/${model.video.id}/sure-tubes`, { signal }),
    enabled: isOffered,
    placeholderData: keepPreviousData,
  });
  if (!isOffered || !sure.data) return null;
  const tubes = stillSure(annotations, sure.data);
  if (tubes.length === 0) {
    return sure.data.note && <p className="hint" data-testid="sure-note">{sure.data.note}</p>;
  }
  const least = Math.round(sure.data.accept_all_from * 100);
  return (
    <div className="accept-sure">
      <Button small onClick={() => acceptSure(session, tubes)} data-testid="accept-sure">
        Accept {plural(tubes.length, "sure tube")}
      </Button>
      <p className="hint">
        Calibrated score of {least} % or more. Only that they are people, and where: their actions
        are asked in the queue.
      </p>
    </div>
  );
}
