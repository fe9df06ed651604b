import { useState } from "react";
import { Link } from "wouter";

import { isActive, useJobs } from "../../api/jobs";
import { useVideos } from "../../api/queries";
import type { Job, Project, Video } from "../../api/types";
import { Button } from "../../ui/Button";
import { Icon } from "../../ui/Icon";
import { EmptyState, ErrorState, Loading } from "../../ui/states";
import { plural } from "../format";
import { JobProgress } from "../jobs/JobProgress";
import { projectPath } from "../paths";
import { canAnnotate } from "../roles";
import { DropZone, FilePicker } from "./DropZone";
import { FailedFiles } from "./FailedFiles";
import { HoldOutPanel } from "./HoldOutPanel";
import { ProposeDialog } from "./ProposeDialog";
import { UploadList } from "./UploadList";
import { addUploads, useUploads } from "./uploadStore";
import { VideoTable } from "./VideoTable";

/** A filter is offered once the list no longer fits a screen. */
const FILTER_FROM = 12;
/** Each video's row shows its own progress, so a few jobs above them are enough. */
const AT_WORK_SHOWN = 3;
const INVITATION =
  "Drop video files anywhere on this page, or choose them. " +
  "People in them are looked for once they have been read.";

export function VideosTab({ project }: { project: Project }) {
  const videos = useVideos(project.id);
  const { data: jobs = [] } = useJobs(project.id);
  const uploads = useUploads(project.id);
  const mayUpload = canAnnotate(project.role);
  const onFiles = (files: File[]) => addUploads(project.id, files);
  const uploadJobs = new Set(uploads.map((item) => item.jobId));
  const listed = new Set(videos.data?.map((video) => video.id));
  return (
    <DropZone onFiles={onFiles} disabled={!mayUpload}>
      <div className="stack">
        <UploadList project={project} jobs={jobs} />
        <FailedFiles
          jobs={jobs.filter((job) => !uploadJobs.has(job.id) && !listed.has(job.video_id ?? ""))}
        />
        <AtWork projectId={project.id} jobs={jobs.filter((job) => !uploadJobs.has(job.id))} />
        {videos.isPending ? (
          <Loading what="the videos" />
        ) : videos.isError && !videos.data ? (
          <ErrorState
            title="The videos could not be loaded"
            error={videos.error}
            onRetry={() => void videos.refetch()}
          />
        ) : videos.data.length === 0 ? (
          <EmptyState
            title="No videos yet"
            action={mayUpload && <FilePicker onFiles={onFiles} primary />}
          >
            {mayUpload ? INVITATION : "Members with another role than viewer can upload some."}
          </EmptyState>
        ) : (
          <VideoList
            project={project}
            videos={videos.data}
            jobs={jobs}
            onFiles={mayUpload ? onFiles : undefined}
          />
        )}
      </div>
    </DropZone>
  );
}

function AtWork({ projectId, jobs }: { projectId: number; jobs: Job[] }) {
  const active = jobs
    .filter((job) => isActive(job) && job.kind !== "export")
    .sort((a, b) => b.progress - a.progress);
  if (active.length === 0) return null;
  const more = active.length - AT_WORK_SHOWN;
  return (
    <section className="panel" aria-label="At work">
      {active.slice(0, AT_WORK_SHOWN).map((job) => (
        <JobProgress key={job.id} job={job} />
      ))}
      {more > 0 && (
        <Link className="job-line small" href={projectPath(projectId, "jobs")}>
          and {plural(more, "more job")}
        </Link>
      )}
    </section>
  );
}

interface ListProps {
  project: Project;
  videos: Video[];
  jobs: Job[];
  onFiles?: (files: File[]) => void;
}

function VideoList({ project, videos, jobs, onFiles }: ListProps) {
  const [filter, setFilter] = useState("");
  const [proposing, setProposing] = useState<Video[] | null>(null);
  const wanted = filter.trim().toLowerCase();
  const shown = videos.filter((video) => video.name.toLowerCase().includes(wanted));
  const ready = shown.filter((video) => video.state === "ready");
  return (
    <>
      <div className="row spread">
        <div className="row">
          <span className="muted nowrap">{plural(shown.length, "video")}</span>
          {videos.length >= FILTER_FROM && (
            <input
              className="input filter"
              type="search"
              placeholder="Filter by name"
              aria-label="Filter videos by name"
              value={filter}
              onChange={(event) => setFilter(event.target.value)}
            />
          )}
        </div>
        <div className="row">
          {canAnnotate(project.role) && (
            <Button disabled={ready.length === 0} onClick={() => setProposing(ready)}>
              <Icon name="spark" />
              {wanted ? "Propose on these" : "Propose on all"}
            </Button>
          )}
          {onFiles && <FilePicker onFiles={onFiles} primary />}
        </div>
      </div>
      <HoldOutPanel project={project} />
      <VideoTable
        project={project}
        videos={shown}
        jobs={jobs}
        onPropose={(video) => setProposing([video])}
      />
      {proposing && (
        <ProposeDialog project={project} videos={proposing} onClose={() => setProposing(null)} />
      )}
    </>
  );
}
