import { isActive, useJobs } from "../../api/jobs";
import { useExports } from "../../api/queries";
import type { Export, Job, Project } from "../../api/types";
import { Badge } from "../../ui/Badge";
import { ButtonAnchor } from "../../ui/Button";
import { Icon } from "../../ui/Icon";
import { Name } from "../../ui/Name";
import { Progress } from "../../ui/Progress";
import { ErrorState, Loading } from "../../ui/states";
import { Table, type Column } from "../../ui/Table";
import { ago, dateTime, shortHash } from "../format";
import { JobActions } from "../jobs/JobActions";
import { figures, jobError } from "../jobs/jobText";
import { BACKUP, lostText } from "./exportRequest";

export function ExportList({ project }: { project: Project }) {
  const exports = useExports(project.id);
  const { data: jobs = [] } = useJobs(project.id);
  if (exports.isPending) return <Loading what="the exports" />;
  if (exports.isError && !exports.data) {
    return (
      <ErrorState
        title="The exports could not be loaded"
        error={exports.error}
        onRetry={() => void exports.refetch()}
      />
    );
  }
  if (exports.data.length === 0) {
    return (
      <p className="panel-body muted">
        None yet. Each one is kept with the snapshot it was made of.
      </p>
    );
  }
  return (
    <Table
      caption="Exports, newest first"
      columns={columns(jobs)}
      rows={newestFirst(exports.data)}
      rowKey={(row) => row.id}
    />
  );
}

const newestFirst = (rows: Export[]): Export[] =>
  [...rows].sort((a, b) => b.created_at.localeCompare(a.created_at));

function columns(jobs: Job[]): Column<Export>[] {
  return [
    { title: "Made", cell: (row) => <span className="nowrap">{ago(row.created_at)}</span> },
    {
      title: "What",
      cell: (row) => (
        <span className="row">
          <Badge>{row.format.toUpperCase()}</Badge>
          {row.format === BACKUP ? "backup" : row.state}
        </span>
      ),
    },
    { title: "Content", kind: "name", cell: (row) => <Content row={row} /> },
    {
      title: "Snapshot",
      cell: (row) =>
        row.snapshot_hash ? (
          <code title={row.snapshot_hash}>{shortHash(row.snapshot_hash)}</code>
        ) : (
          "–"
        ),
    },
    {
      title: "File",
      hideTitle: true,
      cell: (row) => (
        <Outcome row={row} job={jobs.find((candidate) => candidate.id === row.job_id)} />
      ),
    },
  ];
}

function Content({ row }: { row: Export }) {
  const lost = lostText(row.lost);
  return (
    <>
      <Name text={figures(row.counts ?? {}) || "–"} />
      {row.as_of && <Name className="small muted" text={`as it was on ${dateTime(row.as_of)}`} />}
      {row.changed_since && (
        <Name className="small muted" text={`changed since ${dateTime(row.changed_since)}`} />
      )}
      {lost && <Name className="small warn" text={`Not held by the format: ${lost}`} />}
    </>
  );
}

function Outcome({ row, job }: { row: Export; job: Job | undefined }) {
  if (row.download_url) {
    return (
      <ButtonAnchor small href={row.download_url} download>
        <Icon name="download" />
        Download
      </ButtonAnchor>
    );
  }
  if (!job) return <span className="muted">–</span>;
  if (isActive(job)) {
    return (
      <span className="row export-busy">
        <Progress value={job.state === "queued" ? null : job.progress} label="Exporting" />
        <JobActions job={job} />
      </span>
    );
  }
  return (
    <span className="row">
      {job.state === "failed" ? (
        <span className="small bad wrap export-error">{jobError(job)?.message}</span>
      ) : (
        <span className="small muted">{job.state}</span>
      )}
      <JobActions job={job} />
    </span>
  );
}
