import type { ReactNode } from "react";
import { Link } from "wouter";

import type { Project, QueueItem } from "../../api/types";
import { Badge, type Tone } from "../../ui/Badge";
import { Name } from "../../ui/Name";
import { Table, type Column } from "../../ui/Table";
import { reviewPath } from "../paths";
import { QUESTION_NAMES, QUESTION_WORDS, SLICE_WORDS, subjectOf } from "./queueText";

interface Props {
  project: Project;
  items: QueueItem[];
  /** How many come before the first of them. */
  offset: number;
  me: string | undefined;
}

/** The items in their order: what, why, and who has it. */
export function QueueTable({ project, items, offset, me }: Props) {
  // What was put in by hand shares a rank with another: people count places, from 1.
  const places = new Map(items.map((item, at) => [item.id, offset + at + 1]));
  return (
    <Table
      caption="Review queue"
      columns={columns(project, places, me)}
      rows={items}
      rowKey={(item) => item.id}
    />
  );
}

function columns(
  project: Project,
  places: ReadonlyMap<string, number>,
  me: string | undefined,
): Column<QueueItem>[] {
  return [
    { title: "Place", kind: "number", cell: (item) => places.get(item.id)?.toLocaleString() },
    { title: "What", cell: (item) => <Subject project={project} item={item} /> },
    { title: "Asked, and why", kind: "name", cell: (item) => <Asked item={item} /> },
    { title: "Chosen by", cell: (item) => <Why item={item} /> },
    { title: "State", cell: (item) => <Taken item={item} me={me} /> },
  ];
}

function Subject({ project, item }: { project: Project; item: QueueItem }) {
  const label = project.labels.find(({ id }) => id === item.label_id);
  const frames = item.kind !== "tube" && item.start_frame !== null && item.end_frame !== null;
  return (
    <Link href={reviewPath(project.id, item)} className="queue-tube">
      <img
        className="thumb thumb-small"
        src={`/api/videos/${item.video_id}/thumbnail`}
        alt=""
        loading="lazy"
      />
      <span className="queue-tube-name">
        <Name text={item.video_name} />
        <span className="small muted queue-subject">
          {subjectOf(item)}
          {item.kind === "segment" && label && ` · ${label.name}`}
          {frames && ` · frames ${item.start_frame}–${item.end_frame! - 1}`}
        </span>
      </span>
    </Link>
  );
}

/** Every question on a line of its own. */
function Asked({ item }: { item: QueueItem }) {
  return (
    <ul className="queue-questions">
      {item.questions.map(({ kind, reason }) => (
        <li key={kind} title={`${QUESTION_WORDS[kind]} ${reason}`}>
          <b>{QUESTION_NAMES[kind]}</b> <span className="muted">{reason}</span>
        </li>
      ))}
    </ul>
  );
}

function Why({ item }: { item: QueueItem }) {
  return (
    <span className="row" title={askedBy(item)}>
      <span className="small">{SLICE_WORDS[item.slice]}</span>
      {item.blind && item.slice !== "second" && (
        <span title="Shown without the model’s actions">
          <Badge>blind</Badge>
        </span>
      )}
    </span>
  );
}

/** What chose it, a line each, for whoever wants to know. */
function askedBy({ asked_by }: QueueItem): string {
  return Object.entries(asked_by)
    .filter(([, value]) => ["string", "number"].includes(typeof value))
    .map(([name, value]) => `${name.replaceAll("_", " ")}: ${value}`)
    .join("\n");
}

function Taken({ item, me }: { item: QueueItem; me: string | undefined }) {
  const { leased_by, unsure_by } = item;
  if (!leased_by && !unsure_by) return <span className="muted small">waits</span>;
  return (
    <span className="queue-state">
      {leased_by && (
        <State tone={leased_by === me ? "accent" : "warn"}>
          {leased_by === me ? "you have it" : `with ${leased_by}`}
        </State>
      )}
      {unsure_by && (
        <State tone="warn">unsure: {unsure_by === me ? "you" : unsure_by}</State>
      )}
    </span>
  );
}

/** Names may be long: what it is comes first, and all of it on pointing. */
function State({ tone, children }: { tone: Tone; children: ReactNode }) {
  const text = Array.isArray(children) ? children.join("") : String(children);
  return (
    <span className="queue-badge" title={text}>
      <Badge tone={tone}>{children}</Badge>
    </span>
  );
}
