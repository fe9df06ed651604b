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
import { ago, shortHash } from "../format";
import { JobActions } from "../jobs/JobActions";
import { figures, jobError } from "../jobs/jobText";

export function ExportList({ project }: { project: Project }) {
  const exports = useExports(project.id);
  const { data: jobs = [] } = useJobs(project.id);
  return (
    <section className="panel">
      <div className="panel-head">
        <h2>Exports</h2>
      </div>
      {exports.isPending ? (
        <Loading what="the exports" />
      ) : exports.isError && !exports.data ? (
        <ErrorState
          title="The exports could not be loaded"
          error={exports.error}
          onRetry={() => void exports.refetch()}
        />
      ) : exports.data.length === 0 ? (
        <p className="panel-body muted">
          None yet. Each one is kept with the snapshot it was made of.
        </p>
      ) : (
        <Table
          caption="Exports, newest first"
          columns={columns(jobs)}
          rows={newestFirst(exports.data)}
          rowKey={(row) => row.id}
        />
      )}
    </section>
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
          {row.state}
        </span>
      ),
    },
    {
      title: "Content",
      kind: "name",
      cell: (row) => <Name text={figures(row.counts ?? {}) || "–"} />,
    },
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
    return <Progress value={job.state === "queued" ? null : job.progress} label="Exporting" />;
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
