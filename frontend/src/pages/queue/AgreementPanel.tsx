import { Link } from "wouter";

import { useQueueAgreement } from "../../api/queries";
import type { AgreementCounts, Disagreement, Project, QueueAgreement } from "../../api/types";
import { Name } from "../../ui/Name";
import { ErrorNote } from "../../ui/states";
import { Table, type Column } from "../../ui/Table";
import { plural } from "../format";
import { videoPath } from "../paths";

/** How far second looks say the same as the first, and where they differ. */
export function AgreementPanel({ project }: { project: Project }) {
  const { data, error } = useQueueAgreement(project.id);
  if (error) return <ErrorNote error={error} />;
  if (!data || data.looks + data.open + data.unsure === 0) return null;
  return (
    <section className="panel" aria-label="Second looks">
      <div className="panel-head">
        <h2>Second looks</h2>
      </div>
      <div className="panel-body">
        <p className="muted small wrap">
          {plural(data.looks, "answer")} compared, {data.open.toLocaleString()} still to be seen by
          somebody else{data.unsure > 0 && `, ${data.unsure} answered with “unsure”`}. Kappa is
          agreement beyond chance: 1 is full, 0 what chance gives.
        </p>
      </div>
      {data.looks > 0 && <Figures data={data} />}
      {data.disagreements.length > 0 && <Differences project={project} data={data} />}
    </section>
  );
}

interface Row extends AgreementCounts {
  what: string;
}

/** "0.72 (0.51 to 0.90)"; where all say the same there is no kappa. */
export function kappaText({ n, kappa, low, high }: AgreementCounts): string {
  if (n === 0) return "not seen";
  if (kappa === null) return "all alike";
  const isKnown = low !== null && high !== null;
  const range = isKnown ? ` (${low.toFixed(2)} to ${high.toFixed(2)})` : " (no interval)";
  return kappa.toFixed(2) + range;
}

function Figures({ data }: { data: QueueAgreement }) {
  const rows: Row[] = [
    { what: "Is it a person?", ...data.person },
    ...data.labels.filter(({ n }) => n > 0).map((label) => ({ what: label.name, ...label })),
  ];
  const columns: Column<Row>[] = [
    { title: "About", kind: "name", cell: ({ what }) => <Name text={what} /> },
    { title: "Compared", kind: "number", cell: ({ n }) => n },
    { title: "Both yes", kind: "number", cell: ({ both }) => both },
    { title: "First only", kind: "number", cell: ({ first_only }) => first_only },
    { title: "Second only", kind: "number", cell: ({ second_only }) => second_only },
    { title: "Both no", kind: "number", cell: ({ neither }) => neither },
    { title: "Kappa (95 %)", kind: "number", cell: kappaText },
  ];
  return (
    <Table caption="Agreement" columns={columns} rows={rows} rowKey={({ what }) => what} />
  );
}

function Differences({ project, data }: { project: Project; data: QueueAgreement }) {
  const names = new Map(project.labels.map((label) => [label.id, label.name]));
  const said = ({ person, label_ids }: Disagreement["first"]): string => {
    if (!person) return "not a person";
    return label_ids.map((id) => names.get(id) ?? `label ${id}`).join(", ") || "no action";
  };
  const columns: Column<Disagreement>[] = [
    {
      title: "Tube",
      kind: "name",
      cell: (item) => (
        <Link href={`${videoPath(project.id, item.video_id)}?tube=${item.tube_id}`}>
          {item.video_name} · person {item.tube_number ?? "?"}
        </Link>
      ),
    },
    {
      title: "First said",
      cell: (item) => `${item.first_by ?? "somebody"}: ${said(item.first)}`,
    },
    {
      title: "Then",
      cell: (item) => `${item.second_by ?? "somebody"}: ${said(item.second)}`,
    },
  ];
  return (
    <>
      <div className="panel-body">
        <h3>Where they differ</h3>
      </div>
      <Table
        caption="Differences"
        columns={columns}
        rows={data.disagreements}
        rowKey={({ id }) => id}
      />
    </>
  );
}
