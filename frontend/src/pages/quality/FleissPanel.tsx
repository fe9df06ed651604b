import type { Agreement } from "../../api/types";
import { Name } from "../../ui/Name";
import { Table, type Column } from "../../ui/Table";
import { count, plural } from "../format";
import { Kappa } from "./Figures";

type Row = Agreement["fleiss"]["labels"][number];

/** All sides at once. */
export function FleissPanel({ agreement }: { agreement: Agreement }) {
  const { fleiss, raters } = agreement;
  const columns: Column<Row>[] = [
    { title: "Label", kind: "name", cell: (row) => <Name text={row.label} /> },
    { title: "Frames", kind: "number", cell: (row) => count(row.units) },
    { title: "Fleiss’ kappa", kind: "number", cell: (row) => <Kappa value={row.kappa} /> },
  ];
  return (
    <section className="panel">
      <div className="panel-head">
        <div>
          <h2>All {plural(raters.length, "side")} together</h2>
          <p className="small muted">
            On frames that two or more looked at; a side that did not look gives no rating.
          </p>
        </div>
        <Kappa value={fleiss.kappa} />
      </div>
      {fleiss.labels.length > 0 && (
        <Table
          caption="Agreement of all sides by label"
          columns={columns}
          rows={fleiss.labels}
          rowKey={(row) => `${row.kind} ${row.label}`}
        />
      )}
    </section>
  );
}
