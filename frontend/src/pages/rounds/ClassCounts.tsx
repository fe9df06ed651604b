import type { Round } from "../../api/types";
import { Name } from "../../ui/Name";
import { Table, type Column } from "../../ui/Table";
import { count } from "../format";

interface CountRow {
  name: string;
  train: number;
  holdOut: number;
}

/** How many examples of each class were learned from and measured on. */
export function ClassCounts({ counts }: { counts: Round["counts"] }) {
  const train = counts?.train ?? {};
  const holdOut = counts?.hold_out ?? {};
  const names = [...new Set([...Object.keys(train), ...Object.keys(holdOut)])].sort();
  if (names.length === 0) return null;
  const rows = names.map((name) => ({
    name,
    train: train[name] ?? 0,
    holdOut: holdOut[name] ?? 0,
  }));
  const columns: Column<CountRow>[] = [
    { title: "Class", kind: "name", cell: (row) => <Name text={row.name} /> },
    { title: "Learned from", kind: "number", cell: (row) => count(row.train) },
    { title: "Measured on", kind: "number", cell: (row) => count(row.holdOut) },
  ];
  return (
    <section className="panel">
      <div className="panel-head">
        <h2>Examples</h2>
      </div>
      <Table
        caption="Examples per class"
        columns={columns}
        rows={rows}
        rowKey={(row) => row.name}
      />
    </section>
  );
}
