import type { ImportLabel, Label } from "../../api/types";
import { Badge, type Tone } from "../../ui/Badge";
import { Name } from "../../ui/Name";
import { Table, type Column } from "../../ui/Table";
import { count, plural } from "../format";
import {
  byUrgency,
  candidates,
  fateOf,
  fromValue,
  toValue,
  undecided,
  type Choices,
  type Fate,
} from "./mapping";

interface Props {
  labels: ImportLabel[];
  projectLabels: Label[];
  choices: Choices;
  disabled: boolean;
  onChoose: (choices: Choices) => void;
}

/** Every label of the file, and what it becomes here. */
export function LabelMapping(props: Props) {
  const { labels, choices } = props;
  const open = undecided(labels, choices).length;
  return (
    <section className="import-part stack stack-tight" aria-label="Labels of the file">
      <div className="row spread">
        <h3>Labels of the file</h3>
        <span className={open > 0 ? "small warn" : "small muted"}>
          {open > 0 ? `${plural(open, "label")} to decide on` : plural(labels.length, "label")}
        </span>
      </div>
      <div className="import-scroll">
        <Table
          caption="Labels of the file and what they become"
          columns={columns(props)}
          rows={byUrgency(labels)}
          rowKey={(label) => `${label.kind} ${label.name}`}
        />
      </div>
    </section>
  );
}

// Formats that only know people leave their object label out.
const UNNAMED = "people, without a label";

const KINDS: Record<string, string> = { video_class: "video class" };

function columns({ projectLabels, choices, disabled, onChoose }: Props): Column<ImportLabel>[] {
  return [
    { title: "In the file", kind: "name", cell: (label) => <Name text={label.name || UNNAMED} /> },
    {
      title: "Kind",
      cell: (label) => <span className="muted">{KINDS[label.kind] ?? label.kind}</span>,
    },
    { title: "Times", kind: "number", cell: (label) => count(label.count) },
    {
      title: "Becomes",
      cell: (label) => (
        <FateSelect
          label={label}
          fate={fateOf(label, choices)}
          projectLabels={projectLabels}
          disabled={disabled}
          onChange={(fate) => onChoose({ ...choices, [label.name]: fate })}
        />
      ),
    },
    {
      title: "Outcome",
      hideTitle: true,
      cell: (label) => <FateBadge fate={fateOf(label, choices)} />,
    },
  ];
}

interface SelectProps {
  label: ImportLabel;
  fate: Fate;
  projectLabels: Label[];
  disabled: boolean;
  onChange: (fate: Fate) => void;
}

function FateSelect({ label, fate, projectLabels, disabled, onChange }: SelectProps) {
  const { suggested, others } = candidates(label, projectLabels);
  const exists = [...suggested, ...others].includes(label.name);
  // A match by number may be of a name that the lists do not have.
  const missing = fate.to === "label" && ![...suggested, ...others].includes(fate.name);
  return (
    <select
      className="input input-small mapping-select"
      aria-label={`“${label.name || UNNAMED}” becomes`}
      value={toValue(fate)}
      disabled={disabled}
      onChange={(event) => onChange(fromValue(event.target.value))}
    >
      {label.action === "unknown" && <option value="undecided">Choose…</option>}
      {missing && <option value={toValue(fate)}>{fate.name}</option>}
      <LabelOptions title="Resembles" names={suggested} />
      {(!exists || fate.to === "new") && <option value="new">New label “{label.name}”</option>}
      <option value="nothing">Leave it out</option>
      <LabelOptions title="Labels of the project" names={others} />
    </select>
  );
}

function LabelOptions({ title, names }: { title: string; names: string[] }) {
  if (names.length === 0) return null;
  return (
    <optgroup label={title}>
      {names.map((name) => (
        <option key={name} value={toValue({ to: "label", name })}>
          {name}
        </option>
      ))}
    </optgroup>
  );
}

const BADGES: Record<Fate["to"], { text: string; tone: Tone }> = {
  label: { text: "here already", tone: "ok" },
  new: { text: "will be made", tone: "accent" },
  nothing: { text: "left out", tone: "neutral" },
  undecided: { text: "to decide", tone: "warn" },
};

function FateBadge({ fate }: { fate: Fate }) {
  const { text, tone } = BADGES[fate.to];
  return <Badge tone={tone}>{text}</Badge>;
}
