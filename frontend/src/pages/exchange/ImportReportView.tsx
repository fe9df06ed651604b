import type { ImportCounts, ImportMode } from "../../api/types";
import { Button } from "../../ui/Button";
import { Table, type Column } from "../../ui/Table";
import { count, plural } from "../format";
import { changesAnything, type WholeReport } from "./importReport";

interface Props {
  report: WholeReport;
  mode: ImportMode;
  busy: boolean;
  onMerge: () => void;
  onReplace: () => void;
}

const ERRORS_SHOWN = 50;

/** What a file would do, or did: counts, what was not understood, and the rows at fault. */
export function ImportReportView({ report, mode, busy, onMerge, onReplace }: Props) {
  const wrong = report.errors.length > 0;
  const checked = mode === "dry-run";
  return (
    <div className="panel-body import-report stack">
      <h3>{heading(report, checked)}</h3>
      <CountsTable report={report} />
      <Unknown what="Unknown videos" names={report.unknown_videos} />
      <Unknown what="Unknown labels" names={report.unknown_labels} />
      {wrong && <RowErrors errors={report.errors} />}
      {report.assumptions.length > 0 && (
        <ul className="small muted bullets">
          {report.assumptions.map((text) => (
            <li key={text}>{text}</li>
          ))}
        </ul>
      )}
      {checked && !wrong && (
        <div className="row">
          <Button
            variant="primary"
            busy={busy}
            disabled={!changesAnything(report)}
            onClick={onMerge}
          >
            Merge
          </Button>
          <Button variant="danger" disabled={busy} onClick={onReplace}>
            Replace…
          </Button>
          <span className="small muted">Merging adds and updates; replacing also removes.</span>
        </div>
      )}
    </div>
  );
}

function heading(report: WholeReport, checked: boolean): string {
  if (report.errors.length > 0) {
    return `${plural(report.errors.length, "row")} cannot be read: correct the file, check again`;
  }
  if (!checked) return "Imported";
  return changesAnything(report)
    ? "The file can be imported"
    : "The file says what is already there: merging would change nothing";
}

type CountRow = { name: string; counts: ImportCounts };

const KINDS: { key: keyof ImportCounts; title: string }[] = [
  { key: "new", title: "New" },
  { key: "changed", title: "Changed" },
  { key: "unchanged", title: "The same" },
  { key: "removed", title: "Removed" },
  { key: "conflict", title: "In conflict" },
];

function CountsTable({ report }: { report: WholeReport }) {
  const columns: Column<CountRow>[] = [
    { title: "", cell: (row) => row.name },
    ...KINDS.map(({ key, title }) => ({
      title,
      kind: "number" as const,
      cell: (row: CountRow) => count(row.counts[key]),
    })),
  ];
  const rows = [
    { name: "Tubes", counts: report.tubes },
    { name: "Actions", counts: report.spans },
  ];
  return <Table caption="Changes" columns={columns} rows={rows} rowKey={(row) => row.name} />;
}

function Unknown({ what, names }: { what: string; names: unknown[] }) {
  if (names.length === 0) return null;
  return (
    <div className="notice notice-warn small">
      <p className="wrap">
        {what}: {names.map(String).join(", ")}. Their rows are left out.
      </p>
    </div>
  );
}

function RowErrors({ errors }: { errors: WholeReport["errors"] }) {
  return (
    <div className="notice notice-bad">
      <ul className="small stack stack-tight row-errors">
        {errors.slice(0, ERRORS_SHOWN).map(({ row, reason }, i) => (
          <li key={i} className="wrap">
            {row !== null && <strong className="number">Row {row}: </strong>}
            {reason}
          </li>
        ))}
        {errors.length > ERRORS_SHOWN && (
          <li>and {plural(errors.length - ERRORS_SHOWN, "more row")}</li>
        )}
      </ul>
    </div>
  );
}
