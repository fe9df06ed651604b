import { useState, type ReactNode } from "react";
import { Link, useLocation, useSearchParams } from "wouter";

import type { Finding, FindingKind, Project, Suspicious } from "../../api/types";
import { Badge } from "../../ui/Badge";
import { Button } from "../../ui/Button";
import { Icon } from "../../ui/Icon";
import { Name } from "../../ui/Name";
import { Progress } from "../../ui/Progress";
import { EmptyState, ErrorState, Loading } from "../../ui/states";
import { Table, type Column } from "../../ui/Table";
import { count, plural } from "../format";
import { findingPath, qualityPath } from "../paths";
import { canManage } from "../roles";
import { ExclusiveDialog } from "./ExclusiveDialog";
import {
  KINDS,
  PAGE_SIZE,
  readFilter,
  severityTone,
  writeFilter,
  type SuspiciousFilter,
} from "./qualityText";
import { useSuspicious } from "./useQuality";

/** Confirmed labels that may be mistakes, the worst first; the filter stands in the address. */
export function SuspiciousPart({ project }: { project: Project }) {
  const [search] = useSearchParams();
  const [, navigate] = useLocation();
  const filter = readFilter(search);
  const found = useSuspicious(project.id, filter);
  const change = (next: Partial<SuspiciousFilter>) =>
    navigate(qualityPath(project.id) + writeFilter({ ...filter, page: 0, ...next }), {
      replace: true,
    });
  if (found.isPending) return <Loading what="the suspicious labels" />;
  if (found.isError && !found.data) {
    return (
      <ErrorState
        title="The labels could not be checked"
        error={found.error}
        onRetry={() => void found.refetch()}
      />
    );
  }
  const data = found.data;
  const isFiltered = filter.kind !== null || filter.videoId !== null;
  return (
    <>
      <Checking data={data} />
      {data.total === 0 && !isFiltered ? (
        <NothingFound project={project} data={data} />
      ) : (
        <>
          <Filters project={project} data={data} filter={filter} onChange={change} />
          {data.total === 0 ? (
            <EmptyState
              title="Nothing of this kind here"
              action={
                <Button onClick={() => change({ kind: null, videoId: null })}>Show all</Button>
              }
            />
          ) : (
            <section className="panel">
              <Table
                caption="Suspicious labels, the worst first"
                columns={columns(project)}
                rows={data.items}
                rowKey={rowKey}
              />
            </section>
          )}
          <Pages total={data.total} page={filter.page} onChange={(page) => change({ page })} />
        </>
      )}
    </>
  );
}

const rowKey = (row: Finding) =>
  [row.kind, row.video_id, row.tube_id, row.span_id, row.frame, row.message].join(" ");

function Checking({ data }: { data: Suspicious }) {
  if (data.videos_checked >= data.videos_total) return null;
  const text = `Checked ${count(data.videos_checked)} of ${plural(data.videos_total, "video")}`;
  return (
    <div className="notice notice-accent" role="status">
      <span className="nowrap">{text}</span>
      <span className="grow checking-bar">
        <Progress value={data.videos_checked / data.videos_total} label={text} />
      </span>
    </div>
  );
}

interface FilterProps {
  project: Project;
  data: Suspicious;
  filter: SuspiciousFilter;
  onChange: (next: Partial<SuspiciousFilter>) => void;
}

function Filters({ project, data, filter, onChange }: FilterProps) {
  const kinds = data.kinds.map(({ kind, count: n }) => ({ id: kind, name: KINDS[kind].title, n }));
  const videos = data.videos.map((row) => ({
    id: row.video_id,
    name: row.video_name,
    n: row.count,
  }));
  return (
    <div className="row spread">
      <p className="muted">
        {plural(data.total, "confirmed label")} worth a look, the most likely mistakes first.
      </p>
      <div className="row">
        <Choice
          label="Kind"
          all="All kinds"
          options={kinds}
          chosen={filter.kind}
          onChange={(kind) => onChange({ kind: kind as FindingKind | null })}
        />
        <Choice
          label="Video"
          all="All videos"
          options={videos}
          chosen={filter.videoId}
          onChange={(videoId) => onChange({ videoId })}
        />
        <ExclusiveButton project={project} />
      </div>
    </div>
  );
}

function ExclusiveButton({ project }: { project: Project }) {
  const [open, setOpen] = useState(false);
  if (!canManage(project.role)) return null;
  return (
    <>
      <Button onClick={() => setOpen(true)}>Exclusive labels…</Button>
      {open && <ExclusiveDialog project={project} onClose={() => setOpen(false)} />}
    </>
  );
}

interface ChoiceProps {
  label: string;
  all: string;
  options: { id: string; name: string; n: number }[];
  chosen: string | null;
  onChange: (id: string | null) => void;
}

function Choice({ label, all, options, chosen, onChange }: ChoiceProps) {
  const gone = chosen !== null && !options.some(({ id }) => id === chosen);
  return (
    <select
      className="input quality-filter"
      aria-label={label}
      value={chosen ?? ""}
      onChange={(event) => onChange(event.target.value || null)}
    >
      <option value="">{all}</option>
      {options.map(({ id, name, n }) => (
        <option key={id} value={id}>{`${name} (${count(n)})`}</option>
      ))}
      {gone && <option value={chosen}>(none left)</option>}
    </select>
  );
}

function columns(project: Project): Column<Finding>[] {
  return [
    { title: "What", cell: (row) => <KindBadge row={row} /> },
    { title: "Where", cell: (row) => <Where project={project} row={row} /> },
    {
      title: "Why",
      kind: "name",
      cell: (row) => <span className="muted wrap finding-why">{row.message}</span>,
    },
  ];
}

function KindBadge({ row }: { row: Finding }) {
  const { title, about } = KINDS[row.kind];
  return (
    <span title={about}>
      <Badge tone={severityTone(row.severity)}>{title}</Badge>
    </span>
  );
}

function Where({ project, row }: { project: Project; row: Finding }) {
  return (
    <Link href={findingPath(project.id, row)} className="queue-tube">
      <img
        className="thumb thumb-small"
        src={`/api/videos/${row.video_id}/thumbnail`}
        alt=""
        loading="lazy"
      />
      <span className="queue-tube-name">
        <Name text={row.video_name} />
        <span className="small muted number">
          {row.tube_number !== null && `Person ${row.tube_number} · `}Frame {row.frame}
        </span>
      </span>
    </Link>
  );
}

interface PagesProps {
  total: number;
  page: number;
  onChange: (page: number) => void;
}

function Pages({ total, page, onChange }: PagesProps) {
  const last = Math.max(0, Math.ceil(total / PAGE_SIZE) - 1);
  if (last === 0 && page === 0) return null;
  const first = page * PAGE_SIZE + 1;
  return (
    <nav className="row quality-pages" aria-label="Pages">
      <Button small disabled={page === 0} onClick={() => onChange(Math.min(page - 1, last))}>
        <Icon name="back" />
        Previous
      </Button>
      <span className="muted number">
        {first <= total
          ? `${count(first)}–${count(Math.min(first + PAGE_SIZE - 1, total))} of ${count(total)}`
          : `beyond the last of ${count(total)}`}
      </span>
      <Button small disabled={page >= last} onClick={() => onChange(page + 1)}>
        Next
        <Icon name="next" />
      </Button>
    </nav>
  );
}

function NothingFound({ project, data }: { project: Project; data: Suspicious }): ReactNode {
  if (data.videos_checked < data.videos_total) return null;
  if (data.videos_total === 0) {
    return (
      <EmptyState title="Nothing to check yet">
        Once videos have been labeled, labels that may be mistakes are listed here.
      </EmptyState>
    );
  }
  return (
    <EmptyState title="Nothing suspicious" action={<ExclusiveButton project={project} />}>
      Every confirmed label of {plural(data.videos_total, "video")} was checked: for tubes that
      jump, flicker, have odd boxes or cover one person twice, and for actions that contradict each
      other or lie outside their tube.
    </EmptyState>
  );
}
