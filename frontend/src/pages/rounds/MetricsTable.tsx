import type { Metrics } from "../../api/types";
import { Name } from "../../ui/Name";
import { Table, type Column } from "../../ui/Table";
import { count, percent } from "../format";
import { classRows, type ClassRow } from "./roundText";

interface Props {
  candidate: Metrics | null;
  champion: Metrics | null;
}

/** Per class and overall: the new model against the one in use, on the same tubes. */
export function MetricsTable({ candidate, champion }: Props) {
  const rows = classRows(candidate, champion);
  const macro: ClassRow = {
    key: "macro",
    name: "All classes (macro)",
    support: candidate?.n ?? champion?.n ?? 0,
    candidate: candidate && overall(candidate),
    champion: champion && overall(champion),
  };
  const columns: Column<ClassRow>[] = [
    {
      title: "Class",
      kind: "name",
      cell: (row) => <Name className={row.key === "macro" ? "strong" : ""} text={row.name} />,
    },
    { title: "Support", kind: "number", cell: (row) => count(row.support) },
    { title: "Precision", kind: "number", cell: (row) => percent(row.candidate?.precision) },
    { title: "Recall", kind: "number", cell: (row) => percent(row.candidate?.recall) },
    { title: "F1, new against in use", cell: (row) => <F1Pair row={row} hasOld={!!champion} /> },
  ];
  return (
    <Table
      caption="Figures per class"
      columns={columns}
      rows={[...rows, macro]}
      rowKey={(row) => row.key}
    />
  );
}

function overall(metrics: Metrics) {
  return { label_id: 0, name: "", support: metrics.n, ...metrics.macro };
}

function F1Pair({ row, hasOld }: { row: ClassRow; hasOld: boolean }) {
  const now = row.candidate?.f1;
  const old = row.champion?.f1;
  const change = now !== undefined && old !== undefined ? now - old : null;
  return (
    <div className="f1">
      <div className="f1-bars" aria-hidden="true">
        <span className="f1-bar f1-new" style={{ width: `${(now ?? 0) * 100}%` }} />
        {hasOld && <span className="f1-bar f1-old" style={{ width: `${(old ?? 0) * 100}%` }} />}
      </div>
      <span className="number nowrap">
        {percent(now)}
        {hasOld && <span className="muted"> / {percent(old)}</span>}
      </span>
      {change !== null && <Change value={change} />}
    </div>
  );
}

function Change({ value }: { value: number }) {
  const points = (value * 100).toFixed(1);
  if (Math.abs(value) < 0.0005) return <span className="small muted">same</span>;
  return (
    <span className={`small number ${value > 0 ? "ok" : "bad"}`}>
      {value > 0 ? `+${points}` : points}
    </span>
  );
}
