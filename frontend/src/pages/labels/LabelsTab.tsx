import { useState } from "react";

import type { Label, LabelKind, Project } from "../../api/types";
import { Button } from "../../ui/Button";
import { Icon } from "../../ui/Icon";
import { Name } from "../../ui/Name";
import { Table, type Column } from "../../ui/Table";
import { canManage } from "../roles";
import { DeleteLabelDialog } from "./DeleteLabelDialog";
import { LabelDialog } from "./LabelDialog";

const LABEL_KINDS: { kind: LabelKind; one: string; title: string; about: string }[] = [
  {
    kind: "object",
    one: "object",
    title: "Objects",
    about: "What a tube is around, such as a person.",
  },
  {
    kind: "action",
    one: "action",
    title: "Actions",
    about: "What the one in a tube does, several at once.",
  },
  {
    kind: "segment",
    one: "segment",
    title: "Segments",
    about: "What a part of the video shows.",
  },
  {
    kind: "video_class",
    one: "video class",
    title: "Video classes",
    about: "What the whole video is.",
  },
];

type Open = { kind: LabelKind; label?: Label; deleting?: boolean };

export function LabelsTab({ project }: { project: Project }) {
  const [open, setOpen] = useState<Open | null>(null);
  const close = () => setOpen(null);
  const editable = canManage(project.role);
  return (
    <div className="stack">
      {LABEL_KINDS.map(({ kind, one, title, about }) => (
        <section className="panel" key={kind}>
          <div className="panel-head">
            <div>
              <h2>{title}</h2>
              <p className="small muted">{about}</p>
            </div>
            {editable && (
              <Button onClick={() => setOpen({ kind })}>
                <Icon name="plus" />
                Add {one}
              </Button>
            )}
          </div>
          <LabelTable
            title={title}
            labels={project.labels.filter((label) => label.kind === kind)}
            editable={editable}
            onOpen={setOpen}
          />
        </section>
      ))}
      {open?.deleting && open.label && (
        <DeleteLabelDialog project={project} label={open.label} onClose={close} />
      )}
      {open && !open.deleting && (
        <LabelDialog project={project} kind={open.kind} label={open.label} onClose={close} />
      )}
    </div>
  );
}

interface TableProps {
  title: string;
  labels: Label[];
  editable: boolean;
  onOpen: (open: Open) => void;
}

function LabelTable({ title, labels, editable, onOpen }: TableProps) {
  if (labels.length === 0) return <p className="panel-body muted">None yet.</p>;
  const columns: Column<Label>[] = [
    { title: "Name", kind: "name", cell: (label) => <LabelName label={label} /> },
    { title: "Key", cell: (label) => (label.hotkey ? <kbd>{label.hotkey}</kbd> : "–") },
    { title: "AVA id", kind: "number", cell: (label) => label.ava_id ?? "–" },
  ];
  if (editable) {
    columns.push({
      title: "Actions",
      hideTitle: true,
      cell: (label) => (
        <div className="row">
          <Button
            small
            aria-label={`Edit ${label.name}`}
            onClick={() => onOpen({ kind: label.kind, label })}
          >
            Edit
          </Button>
          <Button
            small
            variant="ghost"
            aria-label={`Delete ${label.name}`}
            onClick={() => onOpen({ kind: label.kind, label, deleting: true })}
          >
            Delete
          </Button>
        </div>
      ),
    });
  }
  const rows = [...labels].sort((a, b) => a.position - b.position || a.id - b.id);
  return <Table caption={title} columns={columns} rows={rows} rowKey={(label) => label.id} />;
}

function LabelName({ label }: { label: Label }) {
  return (
    <span className="row">
      <span className="swatch" style={{ background: label.color }} aria-hidden="true" />
      <Name text={label.name} />
    </span>
  );
}
