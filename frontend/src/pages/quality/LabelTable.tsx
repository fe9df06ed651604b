import type { LabelAgreement } from "../../api/types";
import { Name } from "../../ui/Name";
import { EmptyState } from "../../ui/states";
import { Table, type Column } from "../../ui/Table";
import { count } from "../format";
import { Kappa } from "./Figures";
import { coefficient } from "./qualityText";

interface Props {
  labels: LabelAgreement[];
  first: string;
  second: string;
}

/** Per label, how often both say it, and how often one alone does. */
export function LabelTable({ labels, first, second }: Props) {
  if (labels.length === 0) {
    return (
      <EmptyState title="No labels to compare">
        Labels are compared on matched tubes, where both sides looked for them: mark the videos as
        reviewed on both sides.
      </EmptyState>
    );
  }
  const columns: Column<LabelAgreement>[] = [
    { title: "Label", kind: "name", cell: (row) => <Name text={row.label} /> },
    { title: "Both", kind: "number", cell: (row) => frames(row.both) },
    {
      title: "First only",
      kind: "number",
      cell: (row) => <span title={`only ${first}`}>{frames(row.first_only)}</span>,
    },
    {
      title: "Second only",
      kind: "number",
      cell: (row) => <span title={`only ${second}`}>{frames(row.second_only)}</span>,
    },
    { title: "Frames", kind: "number", cell: (row) => frames(row.units) },
    { title: "Span IoU", kind: "number", cell: (row) => coefficient(row.span_iou) },
    { title: "Cohen’s kappa", kind: "number", cell: (row) => <Kappa value={row.kappa} /> },
  ];
  return (
    <Table
      caption={`Agreement of ${first} and ${second} by label`}
      columns={columns}
      rows={labels}
      rowKey={(row) => `${row.kind} ${row.label}`}
    />
  );
}

const frames = (n: number) => count(n);
