import { useLocation } from "wouter";

import { Stage } from "../canvas/Stage";
import { Conflict } from "../panels/Conflict";
import { Details } from "../panels/Details";
import { History } from "../panels/History";
import { KeyMap } from "../panels/KeyMap";
import { LabelFinder } from "../panels/LabelFinder";
import { Palette } from "../panels/Palette";
import { Transport } from "../panels/Transport";
import { TubeList } from "../panels/TubeList";
import { ReviewPanel } from "../review/ReviewPanel";
import { secondLook } from "../review/second";
import { Timeline } from "../timeline/Timeline";
import { ButtonLink } from "../ui/Button";
import { EmptyState, ErrorState, Loading } from "../ui/states";
import { BlindBanner } from "./BlindBanner";
import { Header } from "./Header";
import { VideoNotReady } from "./load";
import { Splitter } from "./Splitter";
import type { EditorSession } from "./session";
import { useStore } from "./store";
import type { Subject } from "./ui";
import { useRunning, useSession } from "./useSession";
import "./editor.css";
import "./panels.css";

export interface EditorProps {
  projectId: number;
  videoId: string;
  /** Where to begin. */
  subject: Subject;
  frame?: number;
  review?: boolean;
}

/** The page on which a video is annotated. */
export default function Editor({ projectId, videoId, subject, frame, review }: EditorProps) {
  const [, navigate] = useLocation();
  const loading = useSession({
    projectId,
    videoId,
    subject,
    frame: frame ?? null,
    review: review ?? false,
    navigate,
  });
  if (loading.state === "loading") return <Loading what="the video" />;
  if (loading.state === "failed") {
    return <Failed projectId={projectId} error={loading.error} onRetry={loading.retry} />;
  }
  return <Workplace session={loading.session} frame={frame ?? null} />;
}

interface FailedProps {
  projectId: number;
  error: unknown;
  onRetry: () => void;
}

function Failed({ projectId, error, onRetry }: FailedProps) {
  const back = <ButtonLink href={`/projects/${projectId}`}>Back to the project</ButtonLink>;
  if (error instanceof VideoNotReady) {
    return (
      <EmptyState title={`“${error.video.name}” is not ready`} action={back}>
        {error.message}
      </EmptyState>
    );
  }
  return (
    <>
      <ErrorState title="This video could not be opened" error={error} onRetry={onRetry} />
      <div className="editor-back">{back}</div>
    </>
  );
}

function Workplace({ session, frame }: { session: EditorSession; frame: number | null }) {
  const { model } = session;
  const mode = useStore(model.ui, (ui) => ui.mode);
  const look = useStore(model.ui, () => secondLook(model));
  useRunning(session, frame);
  return (
    <div className="editor" data-testid="editor" data-mode={mode}>
      <Header session={session} />
      <div className="editor-main">
        <TubeList model={model} />
        <main className={model.video.is_blind ? "editor-center is-blind" : "editor-center"}>
          {model.video.is_blind && <BlindBanner />}
          <Stage model={model} />
          <Transport model={model} />
        </main>
        <aside className="side side-right" aria-label="Details">
          {mode === "review" ? <ReviewPanel session={session} /> : <Details model={model} />}
          {mode === "edit" && <Palette session={session} />}
          {mode === "review" && !look && <Details model={model} isBrief />}
        </aside>
      </div>
      <Splitter />
      <Timeline model={model} />
      <Dialogs session={session} />
    </div>
  );
}

function Dialogs({ session }: { session: EditorSession }) {
  const { model } = session;
  const dialog = useStore(model.ui, (ui) => ui.dialog);
  switch (dialog) {
    case "keys":
      return <KeyMap model={model} />;
    case "history":
      return <History model={model} />;
    case "labels":
      return <LabelFinder session={session} />;
    case "conflict":
      return <Conflict model={model} />;
    default:
      return null;
  }
}
