import { Link } from "wouter";

import { isActive, useJobs } from "../../api/jobs";
import type { Job, Project } from "../../api/types";
import { Table, type Column } from "../../ui/Table";
import { ago } from "../format";
import { jobNote } from "../jobs/jobText";
import { importPath } from "../paths";

const SHOWN = 5;

/** The last checks and imports, to go on with or to take back. */
export function ImportHistory({ project }: { project: Project }) {
  const { data: jobs = [] } = useJobs(project.id);
  const rows = jobs
    .filter((job) => job.kind === "import" && !isActive(job) && job.state === "done")
    .sort((a, b) => b.created_at.localeCompare(a.created_at))
    .slice(0, SHOWN);
  if (rows.length === 0) return null;
  return (
    <details className="more import-history">
      <summary>Earlier checks and imports</summary>
      <Table
        caption="Earlier checks and imports, newest first"
        columns={columns(project.id)}
        rows={rows}
        rowKey={(job) => job.id}
      />
    </details>
  );
}

const plain = (job: Job, key: string): string => String(job.result?.[key] ?? "");

function columns(projectId: number): Column<Job>[] {
  return [
    {
      title: "When",
      cell: (job) => <Link href={importPath(projectId, job.id)}>{ago(job.created_at)}</Link>,
    },
    {
      title: "Format",
      cell: (job) => <span className="muted">{plain(job, "format").toUpperCase()}</span>,
    },
    { title: "What", kind: "name", cell: (job) => jobNote(job) },
    {
      title: "Revision",
      kind: "number",
      cell: (job) => plain(job, "revision") || <span className="muted">–</span>,
    },
  ];
}
