import type { SchemaChange } from "../../api/types";
import { Name } from "../../ui/Name";
import { Table, type Column } from "../../ui/Table";
import { ago } from "../format";
import { changeText } from "./schemaText";

const COLUMNS: Column<SchemaChange>[] = [
  { title: "Version", kind: "number", cell: ({ version }) => version },
  { title: "Change", kind: "name", cell: (change) => <Name text={changeText(change)} /> },
  {
    title: "Revision",
    kind: "number",
    cell: ({ revision }) => revision ?? "–",
  },
  { title: "By", cell: ({ author }) => author ?? "–" },
  { title: "When", cell: (change) => <span className="nowrap muted">{ago(change.created_at)}</span> },
];

/** What became of the labels, newest first: models name the version they learned. */
export function SchemaHistory({ version, changes }: { version: number; changes: SchemaChange[] }) {
  if (changes.length === 0) return null;
  return (
    <details className="panel schema-history">
      <summary className="panel-head">
        <h2>History of the labels</h2>
        <span className="muted small">version {version}</span>
      </summary>
      <Table
        caption="Changes of the labels, newest first"
        columns={COLUMNS}
        rows={changes}
        rowKey={(change) => change.version}
      />
    </details>
  );
}
