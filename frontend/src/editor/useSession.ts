import { useCallback, useEffect, useState } from "react";

import { hasUnsaved, releaseEngine } from "../sync/open";
import { POLL_MS } from "../sync/engine";
import { startFrame } from "../domain/tube";
import { focusTube } from "./actions/navigate";
import { holdItem } from "../review/lease";
import { listenToKeys } from "./keyboard";
import { openSession, VideoNotReady, type Opening } from "./load";
import type { EditorSession } from "./session";

export type Loading =
  | { state: "loading" }
  | { state: "failed"; error: unknown; retry: () => void }
  | { state: "ready"; session: EditorSession };

const INGEST_LOOK_MS = 2000;

/** Opens the video, and lets go of it when the page is left. */
export function useSession(opening: Opening): Loading {
  const [loading, setLoading] = useState<Loading>({ state: "loading" });
  const [attempt, setAttempt] = useState(0);
  const retry = useCallback(() => setAttempt((count) => count + 1), []);
  const { videoId, projectId } = opening;
  useEffect(() => {
    let isLeft = false;
    let session: EditorSession | null = null;
    let timer: ReturnType<typeof setTimeout> | undefined;
    openSession(opening).then(
      (opened) => {
        if (isLeft) return releaseEngine(videoId);
        session = opened;
        setLoading({ state: "ready", session });
      },
      (error: unknown) => {
        if (isLeft) return;
        setLoading({ state: "failed", error, retry });
        const isComing = error instanceof VideoNotReady && error.video.state === "ingesting";
        if (isComing) timer = setTimeout(retry, INGEST_LOOK_MS);
      },
    );
    return () => {
      isLeft = true;
      clearTimeout(timer);
      session?.model.player.close();
      if (session) releaseEngine(videoId);
    };
    // The address's tube and frame are where to begin; following them later would pull the
    // person away from where they are.
    // eslint-disable-next-line react-hooks/exhaustive-deps
  }, [videoId, projectId, attempt, retry]);
  return loading;
}

/** Everything that runs while the editor is open: keys, polls, guards. */
export function useRunning(session: EditorSession, firstFrame: number | null): void {
  // The address changes while one works; where to begin does not.
  const [frame] = useState(firstFrame);
  useEffect(() => {
    const { model } = session;
    const { engine } = model;
    model.player.open();
    begin(session, frame);
    const poll = () => void (document.hidden || engine.poll());
    const leave = () => engine.flush();
    const mark = () => model.activity.mark();
    const guard = (event: BeforeUnloadEvent) => {
      if (!hasUnsaved()) return;
      engine.flush();
      event.preventDefault();
    };
    const timer = setInterval(poll, POLL_MS);
    const stopKeys = listenToKeys(session);
    const stopAddress = followAddress(session);
    const stopHolding = holdItem(model);
    window.addEventListener("focus", poll);
    window.addEventListener("online", leave);
    window.addEventListener("pagehide", leave);
    window.addEventListener("beforeunload", guard);
    window.addEventListener("pointermove", mark, { passive: true });
    document.addEventListener("visibilitychange", leave);
    return () => {
      clearInterval(timer);
      stopKeys();
      stopAddress();
      stopHolding();
      window.removeEventListener("focus", poll);
      window.removeEventListener("online", leave);
      window.removeEventListener("pagehide", leave);
      window.removeEventListener("beforeunload", guard);
      window.removeEventListener("pointermove", mark);
      document.removeEventListener("visibilitychange", leave);
    };
  }, [session, frame]);
}

/** Keeps the address at what is chosen, so that a reload or a link comes back to it. */
function followAddress({ model }: EditorSession): () => void {
  return model.ui.subscribe(() => {
    const { tubeId, spanId, stretch, mode } = model.ui.get();
    const span = spanId ? model.annotations.spans.get(spanId) : undefined;
    const search = new URLSearchParams();
    if (tubeId) search.set("tube", tubeId);
    else if (span && span.tube_id === null) search.set("segment", span.id);
    else if (stretch) search.set("stretch", `${stretch.start_frame}-${stretch.end_frame}`);
    if (mode === "review") search.set("review", "1");
    const text = search.size > 0 ? `?${search}` : "";
    if (text !== window.location.search) {
      window.history.replaceState(null, "", window.location.pathname + text);
    }
  });
}

function begin(session: EditorSession, frame: number | null): void {
  const { model, reviewer } = session;
  const tube = model.selectedTube;
  if (model.ui.get().mode === "review") {
    // The stage must have its size before a tube can be made large in it.
    requestAnimationFrame(() => reviewer.start());
  } else if (frame !== null) {
    model.player.seek(frame);
  } else if (tube) {
    model.player.seek(startFrame(tube));
    requestAnimationFrame(() => focusTube(model, tube));
  }
}
