/** What the panel of the hold-out says, in words. */

import type { Draw, HeldOutVideo, HoldOut } from "../../api/types";
import type { Tone } from "../../ui/Badge";
import { count, dateTime, plural } from "../format";

/** A draw needs this many videos; the server says so too. */
export const FEWEST_TO_DRAW_FROM = 4;
export const SHARE = { least: 5, most: 50, usual: 20 };

/** How much is held out and how far it is reviewed. */
export function summary(found: HoldOut): string {
  if (found.drawn.length === 0) return "no video is held out";
  const held = `${count(found.drawn.length)} of ${plural(found.videos, "video")}`;
  return `${held} · ${count(found.reviewed_videos)} reviewed, with ${plural(found.reviewed_tubes, "tube")}`;
}

/** Whether models can be compared by it. */
export function verdict(found: HoldOut): { tone: Tone; text: string } | null {
  if (found.drawn.length === 0) return null;
  if (!found.enough) {
    return {
      tone: "warn",
      text: `not enough to compare models: ${missing(found)}`,
    };
  }
  return found.reviewed_tubes < found.advised_tubes
    ? { tone: "ok", text: "enough to compare models" }
    : { tone: "ok", text: "enough for precise figures" };
}

function missing(found: HoldOut): string {
  const lacking = found.fewest_videos - found.drawn.length;
  if (lacking > 0) return `hold out ${plural(lacking, "more video", "more videos")}`;
  const videos = Math.max(0, found.fewest_videos - found.reviewed_videos);
  const tubes = Math.max(0, found.fewest_tubes - found.reviewed_tubes);
  const parts = [videos > 0 && plural(videos, "video"), tubes > 0 && plural(tubes, "tube")];
  return `${parts.filter(Boolean).join(" and ")} to review`;
}

/** Why no draw can be made now; null where one can. */
export function whyNot(found: HoldOut): string | null {
  if (found.candidates >= FEWEST_TO_DRAW_FROM) return null;
  const what = found.draws.length > 0 ? "training videos came in since" : "training videos are here";
  return `${count(found.candidates)} ${what}; a draw needs ${FEWEST_TO_DRAW_FROM}`;
}

/** How many videos a share in percent comes to, at least one. */
export const drawnBy = (percent: number, candidates: number): number =>
  Math.max(1, Math.round((percent / 100) * candidates));

export function coveredText(video: HeldOutVideo): string {
  if (video.frame_count === 0) return "–";
  return `${Math.floor((video.covered_frames / video.frame_count) * 100)} %`;
}

/** What bends figures on a video. */
export function marks(video: HeldOutVideo): { text: string; title: string }[] {
  return [
    ...(video.saw_proposals
      ? [
          {
            text: "saw proposals",
            title: "Somebody decided about proposals here: what they said leans toward the models",
          },
        ]
      : []),
    ...(video.trained_on
      ? [{ text: "trained on", title: "A model has trained on it: its figures here are flattered" }]
      : []),
  ];
}

export function drawText(draw: Draw): string {
  const by = draw.author ? ` by ${draw.author}` : "";
  return `${dateTime(draw.created_at)}${by}: ${count(draw.drawn)} of ${plural(draw.videos, "video")}, seed ${draw.seed}`;
}
