import { useMutation, useQueryClient } from "@tanstack/react-query";
import { useState } from "react";

import { patch } from "../../api/client";
import { isActive, refreshProject } from "../../api/jobs";
import type { Job, Project, Video } from "../../api/types";
import { Button } from "../../ui/Button";
import { Icon } from "../../ui/Icon";
import { Menu } from "../../ui/Menu";
import { Table, type Column } from "../../ui/Table";
import { toastError } from "../../ui/Toast";
import { count } from "../format";
import { JobActions } from "../jobs/JobActions";
import { canResume } from "../jobs/jobText";
import { canAnnotate, canManage } from "../roles";
import { DeleteVideoDialog, EditVideoDialog } from "./VideoDialogs";
import { CoveredCell, SplitCell, VideoCell, VideoStateCell } from "./VideoRow";

interface Props {
  project: Project;
  videos: Video[];
  jobs: Job[];
  onPropose: (video: Video) => void;
}

/** The newest job of each video: what its state column speaks of. */
export function newestJobs(jobs: Job[]): Map<string, Job> {
  const newest = new Map<string, Job>();
  for (const job of jobs) {
    if (!job.video_id) continue;
    const known = newest.get(job.video_id);
    if (!known || known.created_at < job.created_at) newest.set(job.video_id, job);
  }
  return newest;
}

export function VideoTable({ project, videos, jobs, onPropose }: Props) {
  const [open, setOpen] = useState<{ video: Video; what: "edit" | "delete" } | null>(null);
  const jobOf = newestJobs(jobs);
  const manage = canManage(project.role);
  const gold = useGold(project);
  const columns: Column<Video>[] = [
    { title: "Video", kind: "name", cell: (video) => <VideoCell video={video} /> },
    {
      title: "State",
      cell: (video) => <VideoStateCell video={video} job={jobOf.get(video.id)} />,
    },
    { title: "To review", kind: "number", cell: (video) => count(video.counts.proposed) },
    { title: "Confirmed", kind: "number", cell: (video) => count(video.counts.confirmed) },
    { title: "Rejected", kind: "number", cell: (video) => count(video.counts.rejected) },
    { title: "Covered", kind: "number", cell: (video) => <CoveredCell video={video} /> },
    { title: "Split", cell: (video) => <SplitCell video={video} editable={manage} /> },
    {
      title: "Actions",
      hideTitle: true,
      cell: (video) => (
        <div className="row">
          {canAnnotate(project.role) && (
            <MainAction video={video} job={jobOf.get(video.id)} onPropose={onPropose} />
          )}
          {manage && (
            <Menu
              small
              label={`More for ${video.name}`}
              items={[
                { label: "Details…", onSelect: () => setOpen({ video, what: "edit" }) },
                {
                  label: video.is_gold ? "No longer gold" : "Mark as gold",
                  onSelect: () => gold.mutate(video),
                },
                {
                  label: "Delete…",
                  danger: true,
                  onSelect: () => setOpen({ video, what: "delete" }),
                },
              ]}
            >
              <Icon name="more" />
            </Menu>
          )}
        </div>
      ),
    },
  ];
  return (
    <>
      <section className="panel">
        <Table caption="Videos" columns={columns} rows={videos} rowKey={(video) => video.id} />
      </section>
      {open?.what === "edit" && (
        <EditVideoDialog video={open.video} onClose={() => setOpen(null)} />
      )}
      {open?.what === "delete" && (
        <DeleteVideoDialog video={open.video} onClose={() => setOpen(null)} />
      )}
    </>
  );
}

/** Makes a video one that annotators are measured against, or takes that back. */
function useGold(project: Project) {
  const client = useQueryClient();
  return useMutation({
    mutationFn: (video: Video) =>
      patch<Video>(`/api/videos/${video.id}`, { is_gold: !video.is_gold }),
    onSettled: () => refreshProject(client, project.id),
    onError: toastError,
  });
}

interface ActionProps {
  video: Video;
  job: Job | undefined;
  onPropose: (video: Video) => void;
}

/** The one thing to do next: propose, or go on reading a file where that was stopped. */
function MainAction({ video, job, onPropose }: ActionProps) {
  if (video.state !== "ready" && job && canResume(job)) return <JobActions job={job} />;
  return (
    <Button
      small
      aria-label={`Propose on ${video.name}`}
      disabled={video.state !== "ready" || isBusy(job)}
      onClick={() => onPropose(video)}
    >
      Propose
    </Button>
  );
}

const isBusy = (job: Job | undefined): boolean => !!job && isActive(job);
