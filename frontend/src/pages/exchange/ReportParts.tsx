/** The parts of an import's report, the same before and after it is done. */

import type { ReactNode } from "react";

import type { ImportCounts, ImportError, ImportReport, ImportVideo } from "../../api/types";
import { Name } from "../../ui/Name";
import { Table, type Column } from "../../ui/Table";
import { count, plural } from "../format";
import { conflictLines, NO_COUNTS, summary, type SummaryRow } from "./importReport";

const LINES_SHOWN = 200;

const KINDS: { key: keyof ImportCounts; title: string }[] = [
  { key: "new", title: "New" },
  { key: "changed", title: "Changed" },
  { key: "unchanged", title: "The same" },
  { key: "removed", title: "Removed" },
  { key: "conflict", title: "In conflict" },
];

const orDash = (n: number): ReactNode => (n === 0 ? <span className="muted">–</span> : count(n));

export function CountsTable({ report }: { report: ImportReport }) {
  const columns: Column<SummaryRow>[] = [
    { title: "What", hideTitle: true, cell: (row) => row.name },
    ...KINDS.map(({ key, title }) => ({
      title,
      kind: "number" as const,
      cell: (row: SummaryRow) => orDash(row[key]),
    })),
    { title: "Left out", kind: "number", cell: (row) => orDash(row.left) },
  ];
  return <Table caption="Changes" columns={columns} rows={summary(report)} rowKey={byName} />;
}

const byName = ({ name }: { name: string }) => name;

const FILE_COLUMN: Column<ImportError> = {
  title: "File",
  cell: ({ file }) => <Name text={file ?? ""} className="error-file" />,
};

/** Rows that cannot be read: where, and why. */
export function ErrorTable({ report }: { report: ImportReport }) {
  const { errors, error_count: total } = report;
  if (total === 0) return null;
  const columns: Column<ImportError & { key: number }>[] = [
    ...(errors.some(({ file }) => file) ? [FILE_COLUMN] : []),
    { title: "Row", kind: "number", cell: ({ row }) => (row === null ? "–" : count(row)) },
    { title: "Column", cell: ({ column }) => column || <span className="muted">–</span> },
    { title: "What is wrong", kind: "name", cell: ({ reason }) => <span>{reason}</span> },
  ];
  return (
    <Part title="Rows that cannot be read" tone="bad" note={more(total, errors.length)}>
      <Table
        caption="Rows that cannot be read"
        columns={columns}
        rows={errors.slice(0, LINES_SHOWN).map((error, key) => ({ ...error, key }))}
        rowKey={({ key }) => key}
      />
    </Part>
  );
}

function more(total: number, listed: number): string {
  const shown = Math.min(listed, LINES_SHOWN);
  return total > shown ? `the first ${count(shown)} of ${count(total)}` : plural(total, "row");
}

const CHOICE = "Merging keeps what people did here; replacing takes what the file says.";

export function Conflicts({ report }: { report: ImportReport }) {
  const lines = conflictLines(report);
  const total = Math.max(lines.length, report.tubes.conflict + report.spans.conflict);
  if (total === 0) return null;
  return (
    <Part
      title="In conflict"
      tone="warn"
      note={report.mode === "dry-run" ? CHOICE : "Kept as people here left it."}
    >
      <ul className="small stack stack-tight part-lines">
        {lines.slice(0, LINES_SHOWN).map((line, i) => (
          <li key={i} className="wrap">
            {line}
          </li>
        ))}
        {lines.length > LINES_SHOWN && <li>and {count(lines.length - LINES_SHOWN)} more</li>}
      </ul>
    </Part>
  );
}

interface PartProps {
  title: string;
  note?: string;
  tone: "bad" | "warn";
  children: ReactNode;
}

function Part({ title, note, tone, children }: PartProps) {
  return (
    <section className="import-part stack stack-tight" aria-label={title}>
      <div className="row spread">
        <h3 className={tone}>{title}</h3>
        {note && <span className="small muted">{note}</span>}
      </div>
      <div className="import-scroll">{children}</div>
    </section>
  );
}

export function UnknownVideos({ report }: { report: ImportReport }) {
  const { unknown_videos: names, unknown_videos_total: total } = report;
  if (total === 0) return null;
  const rest = total - names.length;
  return (
    <div className="notice notice-warn small wrap">
      <div className="grow">
        {plural(total, "video")} of the file {total === 1 ? "is" : "are"} not in this project and{" "}
        {total === 1 ? "is" : "are"} left out
        <div className="name-cloud">
          {names.join(", ")}
          {rest > 0 && ` and ${count(rest)} more`}
        </div>
      </div>
    </div>
  );
}

export function Assumptions({ lines }: { lines: string[] }) {
  if (lines.length === 0) return null;
  return (
    <section className="import-part" aria-label="What was assumed">
      <h3>What was assumed</h3>
      <ul className="small muted bullets">
        {lines.map((text) => (
          <li key={text} className="wrap-item">
            {text}
          </li>
        ))}
      </ul>
    </section>
  );
}

interface VideoRow {
  name: string;
  video: ImportVideo;
}

export function VideoBreakdown({ report }: { report: ImportReport }) {
  const rows = Object.entries(report.videos).map(([name, video]) => ({ name, video }));
  if (rows.length === 0) return null;
  const rest = report.videos_total - rows.length;
  return (
    <details className="more import-part">
      <summary>Video by video ({count(report.videos_total)})</summary>
      <div className="import-scroll">
        <Table
          caption="Changes by video"
          columns={VIDEO_COLUMNS}
          rows={rows}
          rowKey={({ name }) => name}
        />
      </div>
      {rest > 0 && <p className="small muted">and {plural(rest, "video")} more</p>}
    </details>
  );
}

const both = ({ video }: VideoRow, key: keyof ImportCounts) =>
  ({ ...NO_COUNTS, ...video.tubes })[key] + { ...NO_COUNTS, ...video.spans }[key];

const VIDEO_COLUMNS: Column<VideoRow>[] = [
  { title: "Video", kind: "name", cell: ({ name }) => <Name text={name} /> },
  ...KINDS.map(({ key, title }) => ({
    title,
    kind: "number" as const,
    cell: (row: VideoRow) => orDash(both(row, key)),
  })),
];
