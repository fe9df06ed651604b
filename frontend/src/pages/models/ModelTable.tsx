import type { ModelItem } from "../../api/types";
import { Badge } from "../../ui/Badge";
import { Button } from "../../ui/Button";
import { Name } from "../../ui/Name";
import { Table, type Column } from "../../ui/Table";
import { advice, megabytes, STATE_TEXT, STATE_TONE, usableFirst, work } from "./modelText";

interface Props {
  title: string;
  hint: string;
  items: ModelItem[];
  mayChange: boolean;
  /** Names that are being fetched. */
  busy: ReadonlySet<string>;
  onFetch: (name: string) => void;
}

/** Nets of one use: what is here, what each costs, and a way to what is not. */
export function ModelTable({ title, hint, items, mayChange, busy, onFetch }: Props) {
  const columns: Column<ModelItem>[] = [
    {
      title: "Model",
      kind: "name",
      cell: (item) => <About item={item} mayChange={mayChange} />,
    },
    {
      title: "State",
      cell: (item) => <Badge tone={STATE_TONE[item.state]}>{STATE_TEXT[item.state]}</Badge>,
    },
    { title: "Classes", kind: "number", cell: (item) => item.classes || "–" },
    { title: "File", kind: "number", cell: (item) => megabytes(item.megabytes) },
    { title: "GFLOPs", kind: "number", cell: (item) => work(item.gflops) },
    {
      title: "Licence",
      cell: (item) => <span className="small muted model-licence">{item.licence || "–"}</span>,
    },
    {
      title: "Actions",
      hideTitle: true,
      cell: (item) =>
        mayChange &&
        item.can_fetch && (
          <Button
            small
            busy={busy.has(item.name)}
            aria-label={`Fetch ${item.title}`}
            onClick={() => onFetch(item.name)}
          >
            {busy.has(item.name) ? "Fetching" : "Fetch"}
          </Button>
        ),
    },
  ];
  return (
    <section className="panel" aria-label={title}>
      <div className="panel-head">
        <h2>{title}</h2>
        <span className="small muted">{hint}</span>
      </div>
      <Table
        caption={title}
        columns={columns}
        rows={usableFirst(items)}
        rowKey={(item) => `${item.name} ${item.state}`}
      />
    </section>
  );
}

function About({ item, mayChange }: { item: ModelItem; mayChange: boolean }) {
  const note = advice(item, mayChange);
  const details = [item.figures, item.preprocessing, item.source].filter(Boolean);
  return (
    <div className="stack stack-tight">
      <Name className="strong" text={item.title} />
      <span className="small muted wrap">
        For {item.needed_for || "training"}. <code>{item.name}</code>
      </span>
      {note && <span className={item.failed ? "small wrap bad" : "small wrap warn"}>{note}</span>}
      {details.length > 0 && (
        <details className="more">
          <summary>Details</summary>
          <ul className="bullets small muted wrap">
            {details.map((text) => (
              <li key={text}>{text}</li>
            ))}
          </ul>
        </details>
      )}
    </div>
  );
}
