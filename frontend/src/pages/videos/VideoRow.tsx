import { useMutation, useQueryClient } from "@tanstack/react-query";
import { Link } from "wouter";

import { ApiError, patch } from "../../api/client";
import { isActive, refreshProject } from "../../api/jobs";
import type { Job, Split, Video } from "../../api/types";
import { Badge } from "../../ui/Badge";
import { ConfirmDialog } from "../../ui/Dialog";
import { Icon } from "../../ui/Icon";
import { Progress } from "../../ui/Progress";
import { toastError } from "../../ui/Toast";
import { count, duration, rate, wholePercent } from "../format";
import { jobError, jobTitle } from "../jobs/jobText";
import { videoPath } from "../paths";

const SPLITS: Split[] = ["train", "val", "test", "hold-out"];

/** Picture, name and measure; the name leads to the editor once the video can be played. */
export function VideoCell({ video }: { video: Video }) {
  const measure = [
    duration(video.duration_s),
    `${video.width} × ${video.height}`,
    rate(video.fps),
    `${count(video.frame_count)} frames`,
  ];
  return (
    <div className="video-cell">
      <Thumbnail video={video} />
      <div className="grow">
        {video.state === "ready" ? (
          <span className="row">
            <Link
              className="ellipsis video-name"
              title={video.name}
              href={videoPath(video.project_id, video.id)}
            >
              {video.name}
            </Link>
            {video.is_gold && (
              <span title="Its labels are what annotators of replicas are measured against">
                <Badge tone="warn">gold</Badge>
              </span>
            )}
          </span>
        ) : (
          <span className="ellipsis video-name" title={video.name}>
            {video.name}
          </span>
        )}
        {video.state === "ready" && (
          <span className="small muted ellipsis number">{measure.join(" · ")}</span>
        )}
        {video.state === "failed" && (
          <p className="small bad wrap">{video.error || "It could not be read."}</p>
        )}
        {video.warnings.length > 0 && (
          <span className="small warn ellipsis" title={video.warnings.join("\n")}>
            <Icon name="warning" size={12} /> {video.warnings.join(" ")}
          </span>
        )}
      </div>
    </div>
  );
}

function Thumbnail({ video }: { video: Video }) {
  if (!video.thumbnail_url) return <span className="thumb" aria-hidden="true" />;
  const picture = <img className="thumb" src={video.thumbnail_url} alt="" loading="lazy" />;
  if (video.state !== "ready") return picture;
  return (
    <Link href={videoPath(video.project_id, video.id)} tabIndex={-1} aria-hidden="true">
      {picture}
    </Link>
  );
}

/** Where the video stands: being worked on, waiting for people, or done. */
export function VideoStateCell({ video, job }: { video: Video; job: Job | undefined }) {
  if (job && isActive(job)) {
    return (
      <div className="video-work">
        <span className="small muted">
          {job.state === "queued" ? "waiting" : `${job.kind} ${Math.round(job.progress * 100)} %`}
        </span>
        <Progress value={job.state === "queued" ? null : job.progress} label={jobTitle(job)} />
      </div>
    );
  }
  if (video.state === "failed") return <Badge tone="bad">failed</Badge>;
  if (video.state === "ingesting") {
    return job?.state === "cancelled" ? <Badge>cancelled</Badge> : <Badge>waiting</Badge>;
  }
  if (job?.state === "failed") {
    return (
      <span title={jobError(job)?.message}>
        <Badge tone="bad">{job.kind} failed</Badge>
      </span>
    );
  }
  if (video.is_blind) return <BlindState video={video} />;
  if (video.counts.proposed > 0) return <Badge tone="accent">to review</Badge>;
  if (video.counts.tubes === 0) {
    return <Badge>{job?.kind === "propose" ? "nobody found" : "no tubes"}</Badge>;
  }
  return <Badge tone="ok">reviewed</Badge>;
}

/** A hold-out video is annotated from scratch: it is done when all of it was looked through. */
function BlindState({ video }: { video: Video }) {
  if (video.counts.covered_frames >= video.frame_count) return <Badge tone="ok">reviewed</Badge>;
  return (
    <span title="Hold-out: annotated from scratch, proposals are hidden">
      <Badge tone="accent">to annotate</Badge>
    </span>
  );
}

export function CoveredCell({ video }: { video: Video }) {
  const share = video.frame_count > 0 ? video.counts.covered_frames / video.frame_count : 0;
  return <>{wholePercent(share)}</>;
}

interface Change {
  split: Split;
  force?: boolean;
}

export function SplitCell({ video, editable }: { video: Video; editable: boolean }) {
  const client = useQueryClient();
  const change = useMutation({
    mutationFn: (wish: Change) => patch<Video>(`/api/videos/${video.id}`, wish),
    onSettled: () => refreshProject(client, video.project_id),
    onError: (error) => isFixed(error) || toastError(error),
  });
  if (!editable) return <>{video.split}</>;
  return (
    <>
      <select
        className="input input-small"
        aria-label={`Split of ${video.name}`}
        title="Hold-out videos measure models and are never learned from"
        value={change.isPending ? change.variables.split : video.split}
        disabled={change.isPending}
        onChange={(event) => change.mutate({ split: event.target.value as Split })}
      >
        {SPLITS.map((split) => (
          <option key={split}>{split}</option>
        ))}
      </select>
      {isFixed(change.error) && change.variables && (
        <ConfirmDialog
          title="Take it out of the hold-out?"
          action={`Move it to ${change.variables.split}`}
          onConfirm={() => change.mutate({ split: change.variables.split, force: true })}
          onClose={change.reset}
        >
          <span className="wrap">{change.error.message}</span>
        </ConfirmDialog>
      )}
    </>
  );
}

/** The server asks back: the video was drawn, or models were measured on it. */
const isFixed = (error: unknown): error is ApiError =>
  error instanceof ApiError && error.code === "hold_out_fixed";
