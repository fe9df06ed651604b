import type { ImportCounts, ImportMode, ImportReport } from "../../api/types";
import { Button } from "../../ui/Button";
import { Table, type Column } from "../../ui/Table";
import { count, plural } from "../format";
import { changesAnything, conflictLines } from "./importReport";

interface Props {
  report: ImportReport;
  mode: ImportMode;
  busy: boolean;
  onMerge: (skipBadRows: boolean) => void;
  onReplace: () => void;
}

const LINES_SHOWN = 50;

/** What a file would do, or did: counts, what was not understood, and the rows at fault. */
export function ImportReportView({ report, mode, busy, onMerge, onReplace }: Props) {
  const checked = mode === "dry-run";
  const conflicts = conflictLines(report);
  return (
    <div className="panel-body import-report stack">
      <h3>{heading(report, checked)}</h3>
      <CountsTable report={report} />
      {report.unknown_videos.length > 0 && (
        <p className="notice notice-warn small wrap">
          Not in this project, so left out: {report.unknown_videos.join(", ")}
        </p>
      )}
      {report.created_labels.length > 0 && (
        <p className="notice small wrap">New action labels: {report.created_labels.join(", ")}</p>
      )}
      {conflicts.length > 0 && <Lines tone="warn" lines={conflicts} total={conflicts.length} />}
      {report.errors.length > 0 && (
        <Lines tone="bad" lines={report.errors.map(errorLine)} total={report.error_count} />
      )}
      {report.assumptions.length > 0 && (
        <ul className="small muted bullets">
          {report.assumptions.map((text) => (
            <li key={text}>{text}</li>
          ))}
        </ul>
      )}
      {checked && <Decide report={report} busy={busy} onMerge={onMerge} onReplace={onReplace} />}
    </div>
  );
}

function Decide({ report, busy, onMerge, onReplace }: Omit<Props, "mode">) {
  const useful = changesAnything(report);
  if (report.error_count > 0) {
    return (
      <div className="row">
        <Button busy={busy} disabled={!useful} onClick={() => onMerge(true)}>
          Merge without these rows
        </Button>
        <span className="small muted">Or correct the file and check it again.</span>
      </div>
    );
  }
  return (
    <div className="row">
      <Button variant="primary" busy={busy} disabled={!useful} onClick={() => onMerge(false)}>
        Merge
      </Button>
      <Button variant="danger" disabled={busy} onClick={onReplace}>
        Replace…
      </Button>
      <span className="small muted">
        Merging keeps what people did here; replacing makes the file's word the only one.
      </span>
    </div>
  );
}

function heading(report: ImportReport, checked: boolean): string {
  const { error_count: wrong } = report;
  if (!checked) return wrong > 0 ? `Imported without ${plural(wrong, "row")}` : "Imported";
  if (wrong > 0) return `${plural(wrong, "row")} of ${count(report.rows)} cannot be read`;
  return changesAnything(report)
    ? "The file can be imported"
    : "Merging would change nothing: the file says what is already there, or what people here changed";
}

const errorLine = ({ row, reason }: ImportReport["errors"][number]): string =>
  row === null ? reason : `Row ${row}: ${reason}`;

type CountRow = { name: string; counts: ImportCounts };

const KINDS: { key: keyof ImportCounts; title: string }[] = [
  { key: "new", title: "New" },
  { key: "changed", title: "Changed" },
  { key: "unchanged", title: "The same" },
  { key: "removed", title: "Removed" },
  { key: "conflict", title: "In conflict" },
];

function CountsTable({ report }: { report: ImportReport }) {
  const columns: Column<CountRow>[] = [
    { title: "What", hideTitle: true, cell: (row) => row.name },
    ...KINDS.map(({ key, title }) => ({
      title,
      kind: "number" as const,
      cell: (row: CountRow) => count(row.counts[key]),
    })),
  ];
  const rows = [
    { name: "People", counts: report.tubes },
    { name: "Actions", counts: report.spans },
  ];
  return <Table caption="Changes" columns={columns} rows={rows} rowKey={(row) => row.name} />;
}

function Lines({ tone, lines, total }: { tone: "bad" | "warn"; lines: string[]; total: number }) {
  const shown = lines.slice(0, LINES_SHOWN);
  return (
    <div className={`notice notice-${tone}`}>
      <ul className="small stack stack-tight row-errors">
        {shown.map((line, i) => (
          <li key={i} className="wrap">
            {line}
          </li>
        ))}
        {total > shown.length && <li>and {count(total - shown.length)} more</li>}
      </ul>
    </div>
  );
}
