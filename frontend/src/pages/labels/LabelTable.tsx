import type { Label, LabelSchema } from "../../api/types";
import { Badge } from "../../ui/Badge";
import { Button } from "../../ui/Button";
import { Icon } from "../../ui/Icon";
import { Menu, type MenuItem } from "../../ui/Menu";
import { Name } from "../../ui/Name";
import { Table, type Column } from "../../ui/Table";
import { useText } from "./schemaText";

/** What can be done to a label here. */
export type LabelAct = "edit" | "delete" | "merge" | "split" | "retire" | "restore";

interface Props {
  title: string;
  labels: Label[];
  uses: LabelSchema["uses"];
  editable: boolean;
  onAct: (act: LabelAct, label: Label) => void;
}

/** The labels of one kind, those that are not asked about any more at the end. */
export function LabelTable({ title, labels, uses, editable, onAct }: Props) {
  if (labels.length === 0) return <p className="panel-body muted">None yet.</p>;
  const use = new Map(uses.map((entry) => [entry.label_id, entry]));
  const columns: Column<Label>[] = [
    { title: "Name", kind: "name", cell: (label) => <LabelName label={label} /> },
    { title: "Key", cell: (label) => (label.hotkey ? <kbd>{label.hotkey}</kbd> : "–") },
    { title: "AVA id", kind: "number", cell: (label) => label.ava_id ?? "–" },
    {
      title: "Used",
      kind: "number",
      cell: (label) => <span className="nowrap">{useText(use.get(label.id))}</span>,
    },
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
            onClick={() => onAct("edit", label)}
          >
            Edit
          </Button>
          <Menu small label={`More for ${label.name}`} items={menu(label, onAct)}>
            <Icon name="more" />
          </Menu>
        </div>
      ),
    });
  }
  const rows = [...labels].sort(
    (a, b) =>
      Number(a.is_retired) - Number(b.is_retired) || a.position - b.position || a.id - b.id,
  );
  return <Table caption={title} columns={columns} rows={rows} rowKey={(label) => label.id} />;
}

function menu(label: Label, onAct: Props["onAct"]): MenuItem[] {
  const item = (text: string, act: LabelAct, danger = false): MenuItem => ({
    label: text,
    onSelect: () => onAct(act, label),
    danger,
  });
  const remove = item("Delete", "delete", true);
  if (label.is_retired) return [item("Restore", "restore"), remove];
  return [
    item("Merge into…", "merge"),
    item("Split…", "split"),
    item("Retire", "retire"),
    remove,
  ];
}

function LabelName({ label }: { label: Label }) {
  return (
    <span className={label.is_retired ? "row muted" : "row"}>
      <span className="swatch" style={{ background: label.color }} aria-hidden="true" />
      <Name text={label.name} />
      {label.is_retired && <Badge>retired</Badge>}
    </span>
  );
}
