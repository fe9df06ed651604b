import { useState } from "react";

import { isActive, useJobs } from "../../api/jobs";
import type { Job, Project } from "../../api/types";
import { Badge } from "../../ui/Badge";
import { Button } from "../../ui/Button";
import { Progress } from "../../ui/Progress";
import { EmptyState, ErrorState, Loading } from "../../ui/states";
import { Table, type Column } from "../../ui/Table";
import { ago, count } from "../format";
import { JobActions } from "./JobActions";
import { jobAdvice, jobError, jobNote, jobTitle, STATE_TONE } from "./jobText";

const PAGE = 50;

export function JobsTab({ project }: { project: Project }) {
  const jobs = useJobs(project.id);
  const [shown, setShown] = useState(PAGE);
  if (jobs.isPending) return <Loading what="the jobs" />;
  if (jobs.isError && !jobs.data) {
    return (
      <ErrorState
        title="The jobs could not be loaded"
        error={jobs.error}
        onRetry={() => void jobs.refetch()}
      />
    );
  }
  if (jobs.data.length === 0) {
    return (
      <EmptyState title="No jobs yet">
        Taking in videos, proposing, training, exporting and importing run in the background and are
        listed here.
      </EmptyState>
    );
  }
  const rows = newestFirst(jobs.data);
  return (
    <div className="stack">
      <section className="panel">
        <Table
          caption="Jobs, newest first"
          columns={COLUMNS}
          rows={rows.slice(0, shown)}
          rowKey={(job) => job.id}
        />
      </section>
      {rows.length > shown && (
        <Button onClick={() => setShown(shown + PAGE)}>
          Show more ({count(rows.length - shown)} left)
        </Button>
      )}
    </div>
  );
}

function newestFirst(jobs: Job[]): Job[] {
  return [...jobs].sort(
    (a, b) => Number(isActive(b)) - Number(isActive(a)) || b.created_at.localeCompare(a.created_at),
  );
}

const COLUMNS: Column<Job>[] = [
  { title: "State", cell: (job) => <Badge tone={STATE_TONE[job.state]}>{job.state}</Badge> },
  { title: "Job", kind: "name", cell: (job) => <JobCell job={job} /> },
  {
    title: "Started",
    cell: (job) => <span className="muted nowrap">{ago(job.started_at ?? job.created_at)}</span>,
  },
  { title: "Actions", hideTitle: true, cell: (job) => <JobActions job={job} /> },
];

function JobCell({ job }: { job: Job }) {
  const note = jobNote(job);
  return (
    <div className="stack stack-tight">
      <span className="ellipsis" title={jobTitle(job)}>
        {jobTitle(job)}
      </span>
      {isActive(job) && (
        <Progress value={job.state === "queued" ? null : job.progress} label={jobTitle(job)} />
      )}
      {job.state === "failed" ? (
        <span className="small wrap">
          <span className="bad">{jobError(job)?.message}</span>{" "}
          <span className="muted">{jobAdvice(job)}</span>
        </span>
      ) : (
        note && (
          <span className="small muted ellipsis" title={note}>
            {note}
          </span>
        )
      )}
    </div>
  );
}
