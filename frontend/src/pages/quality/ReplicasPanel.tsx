import { Link } from "wouter";

import type { Project, Replica } from "../../api/types";
import { ErrorNote } from "../../ui/states";
import { Table, type Column } from "../../ui/Table";
import { ago, count } from "../format";
import { projectPath } from "../paths";
import { useReplicas } from "./useQuality";

/** The project's replicas, and how far work in them has come. */
export function ReplicasPanel({ project }: { project: Project }) {
  const replicas = useReplicas(project.id, true);
  if (replicas.isError) return <ErrorNote error={replicas.error} />;
  if (!replicas.data) return null;
  return (
    <section className="panel">
      <div className="panel-head">
        <h2>Replicas</h2>
      </div>
      <Table
        caption="Replicas"
        columns={COLUMNS}
        rows={replicas.data}
        rowKey={(replica) => replica.id}
      />
    </section>
  );
}

const COLUMNS: Column<Replica>[] = [
  {
    title: "Replica",
    kind: "name",
    cell: (replica) => (
      <Link href={projectPath(replica.id)} className="ellipsis" title={replica.name}>
        {replica.name}
      </Link>
    ),
  },
  { title: "Videos", kind: "number", cell: (replica) => count(replica.videos) },
  {
    title: "Members",
    kind: "number",
    cell: (replica) => (
      <Link href={projectPath(replica.id, "members")}>{count(replica.members)}</Link>
    ),
  },
  { title: "Confirmed tubes", kind: "number", cell: (replica) => count(replica.confirmed) },
  {
    title: "Made",
    cell: (replica) => <span className="muted nowrap">{ago(replica.created_at)}</span>,
  },
];
