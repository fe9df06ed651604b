import { get } from "../api/client";
import { fetchSession } from "../api/queries";
import type { Project, Video } from "../api/types";
import type { Annotations } from "../domain/annotations";
import type { TimebaseData } from "../domain/timebase";
import { blindTubesOf } from "../review/lease";
import { acquireEngine, activity, sendStragglers } from "../sync/open";
import { EditorModel } from "./model";
import { EditorSession } from "./session";
import type { Subject } from "./ui";

export interface Opening {
  projectId: number;
  videoId: string;
  subject: Subject;
  frame: number | null;
  review: boolean;
  navigate: (path: string) => void;
}

/** The video is there, but cannot be edited (yet); `message` says why. */
export class VideoNotReady extends Error {
  constructor(
    readonly video: Video,
    message: string,
  ) {
    super(message);
    this.name = "VideoNotReady";
  }
}

/** Fetches all that the editor needs for one video. Throws `ApiError` or `VideoNotReady`. */
export async function openSession(opening: Opening): Promise<EditorSession> {
  const { videoId, projectId } = opening;
  const [session, project, video] = await Promise.all([
    fetchSession(),
    get<Project>(`/api/projects/${projectId}`),
    get<Video>(`/api/videos/${videoId}`),
  ]);
  checkReady(video);
  const userId = session.user?.id ?? null;
  const [timebase, engine, blindTubes] = await Promise.all([
    get<TimebaseData>(`/api/videos/${videoId}/timebase`),
    acquireEngine(videoId, userId),
    blindTubesOf(projectId, videoId),
  ]);
  const model = new EditorModel({
    project,
    video,
    timebase,
    engine,
    activity,
    mode: isReview(opening, video) ? "review" : "edit",
    subject: subjectIn(engine.view, opening.subject, timebase.ticks.length),
    navigate: opening.navigate,
  });
  model.ui.set({ blindTubes });
  void sendStragglers(videoId, userId);
  return new EditorSession(model);
}

/** Where proposals are hidden, only a second look, which names its tube, is led through. */
export const isReview = ({ review, subject }: Opening, video: Video): boolean =>
  review && (!video.is_blind || subject.tubeId !== null);

/** What the address names, as far as it is there. */
export function subjectIn(
  annotations: Annotations,
  { tubeId, spanId, stretch }: Subject,
  frameCount: number,
): Subject {
  const end_frame = Math.min(stretch?.end_frame ?? 0, frameCount);
  return {
    tubeId: tubeId && annotations.tubes.has(tubeId) ? tubeId : null,
    spanId: spanId && annotations.spans.has(spanId) ? spanId : null,
    stretch: stretch && stretch.start_frame < end_frame ? { ...stretch, end_frame } : null,
  };
}

function checkReady(video: Video): void {
  if (video.state === "ingesting") {
    throw new VideoNotReady(
      video,
      "It is still being taken in. This page opens it when it is ready.",
    );
  }
  if (video.state === "failed") {
    throw new VideoNotReady(video, video.error || "It could not be taken in. Upload it again.");
  }
}
