import { useState } from "react";

import type { Label, LabelKind, Project } from "../../api/types";
import { Button } from "../../ui/Button";
import { Icon } from "../../ui/Icon";
import { ErrorNote } from "../../ui/states";
import { toastError } from "../../ui/Toast";
import { canManage } from "../roles";
import { DeleteLabelDialog } from "./DeleteLabelDialog";
import { LabelDialog } from "./LabelDialog";
import { LabelTable, type LabelAct } from "./LabelTable";
import { MergeDialog } from "./MergeDialog";
import { RetireDialog } from "./RetireDialog";
import { SchemaHistory } from "./SchemaHistory";
import { SplitDialog } from "./SplitDialog";
import { useSchema, useSchemaChange } from "./useSchema";

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

interface Open {
  act: LabelAct | "add";
  kind: LabelKind;
  label?: Label;
}

/** The label schema: what can be said, and what became of it. */
export function LabelsTab({ project }: { project: Project }) {
  const [open, setOpen] = useState<Open | null>(null);
  const schema = useSchema(project.id);
  const restore = useSchemaChange(project.id, () => undefined);
  const editable = canManage(project.role);
  const act = (what: LabelAct, label: Label) => {
    if (what !== "restore") setOpen({ act: what, kind: label.kind, label });
    else {
      const wish = { operation: what, label_id: label.id, others: [] };
      restore.mutate(wish, { onError: toastError });
    }
  };
  return (
    <div className="stack">
      <ErrorNote error={schema.error} />
      {LABEL_KINDS.map(({ kind, one, title, about }) => (
        <section className="panel" key={kind}>
          <div className="panel-head">
            <div>
              <h2>{title}</h2>
              <p className="small muted">{about}</p>
            </div>
            {editable && (
              <Button onClick={() => setOpen({ act: "add", kind })}>
                <Icon name="plus" />
                Add {one}
              </Button>
            )}
          </div>
          <LabelTable
            title={title}
            labels={project.labels.filter((label) => label.kind === kind)}
            uses={schema.data?.uses ?? []}
            editable={editable}
            onAct={act}
          />
        </section>
      ))}
      {schema.data && (
        <SchemaHistory version={schema.data.version} changes={schema.data.changes} />
      )}
      {open && (
        <Asked
          project={project}
          open={open}
          confirmed={schema.data?.uses.find((u) => u.label_id === open.label?.id)?.confirmed ?? 0}
          onClose={() => setOpen(null)}
        />
      )}
    </div>
  );
}

interface AskedProps {
  project: Project;
  open: Open;
  confirmed: number;
  onClose: () => void;
}

/** The dialog of what was chosen. */
function Asked({ project, open, confirmed, onClose }: AskedProps) {
  const { act, kind, label } = open;
  if (!label || act === "add" || act === "edit") {
    return <LabelDialog project={project} kind={kind} label={label} onClose={onClose} />;
  }
  const shared = { project, label, onClose };
  if (act === "merge") return <MergeDialog {...shared} />;
  if (act === "split") return <SplitDialog {...shared} confirmed={confirmed} />;
  if (act === "retire") return <RetireDialog {...shared} />;
  return <DeleteLabelDialog {...shared} />;
}
