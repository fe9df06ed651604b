import { Link } from "wouter";

import type { ModelVersion, Project } from "../../api/types";
import { Badge, type Tone } from "../../ui/Badge";
import { Name } from "../../ui/Name";
import { Table, type Column } from "../../ui/Table";
import { ago, shortHash } from "../format";
import { projectPath, roundPath } from "../paths";

const TONE: Record<ModelVersion["status"], Tone> = {
  champion: "ok",
  candidate: "neutral",
  retired: "neutral",
};

const PURPOSE: Record<string, string> = {
  detector: "finding people",
  segment: "segments of the video",
};

/** What this project trained, and what each model learnt from. */
export function VersionsPanel({ project, rows }: { project: Project; rows: ModelVersion[] }) {
  return (
    <section className="panel" aria-label="Models of this project">
      <div className="panel-head">
        <h2>Models of this project</h2>
      </div>
      {rows.length === 0 ? (
        <p className="panel-body muted">
          Nothing has been trained yet. <Link href={projectPath(project.id, "rounds")}>Rounds</Link>{" "}
          train models on what has been reviewed here.
        </p>
      ) : (
        <Table
          caption="Models of this project, newest first"
          columns={columns(project)}
          rows={rows}
          rowKey={(row) => row.id}
        />
      )}
    </section>
  );
}

const columns = (project: Project): Column<ModelVersion>[] => [
  {
    title: "Model",
    kind: "name",
    cell: (row) => (
      <div className="stack stack-tight">
        <Name className="strong" text={row.name} />
        {!row.here && <span className="small bad">Its file is gone; train another round.</span>}
      </div>
    ),
  },
  { title: "For", cell: (row) => PURPOSE[row.kind] ?? "actions" },
  { title: "Net", cell: (row) => <code className="small">{row.net}</code> },
  { title: "Status", cell: (row) => <Badge tone={TONE[row.status]}>{row.status}</Badge> },
  {
    title: "Learnt from",
    cell: (row) =>
      row.snapshot_hash ? (
        <code className="small" title={row.snapshot_hash}>
          {shortHash(row.snapshot_hash)}
        </code>
      ) : (
        "–"
      ),
  },
  {
    title: "Model card",
    cell: (row) =>
      row.round_id ? (
        <Link className="nowrap" href={roundPath(project.id, row.round_id)}>
          Round {row.round_number}
        </Link>
      ) : (
        "–"
      ),
  },
  { title: "Made", cell: (row) => <span className="muted nowrap">{ago(row.created_at)}</span> },
];
