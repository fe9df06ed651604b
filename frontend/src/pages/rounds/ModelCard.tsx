import { useCard } from "../../api/queries";
import type { Card, CardFailure, Project, Round } from "../../api/types";
import { Badge } from "../../ui/Badge";
import { Fact } from "../../ui/Fact";
import { Name } from "../../ui/Name";
import { Table, type Column } from "../../ui/Table";
import { count, percent, plural } from "../format";
import { amountText, interval, paramText, speedText } from "./cardText";

/** The card of a round's model: what it learned from, how well, how fast, and where it fails. */
export function ModelCard({ project, round }: { project: Project; round: Round }) {
  const card = useCard(project.id, round.model?.id);
  if (!card.data) return null;
  const { limits, metrics, failures, training, licence } = card.data;
  return (
    <>
      <section className="panel" aria-label="Model card">
        <div className="panel-head">
          <h2>Model card</h2>
          <span className="muted small">{training.title}</span>
        </div>
        <div className="panel-body stack">
          <CardFacts card={card.data} />
          <div>
            <h3>Known limits</h3>
            <ul className="card-limits">
              {limits.map((limit) => (
                <li key={limit}>{limit}</li>
              ))}
            </ul>
          </div>
          <details className="more">
            <summary>Parameters and licence</summary>
            <p className="small wrap">{paramText(training.params)}</p>
            <p className="small muted wrap">{licence}</p>
          </details>
        </div>
      </section>
      {metrics && <Intervals metrics={metrics} />}
      {failures.length > 0 && <Failures failures={failures} />}
    </>
  );
}

function CardFacts({ card }: { card: Card }) {
  const { data, training, speed, calibration } = card;
  const { net, start } = training;
  return (
    <dl className="facts">
      <Fact name="Net">{net.title}</Fact>
      {start && <Fact name="Began with">{start.title}</Fact>}
      <Fact name="Learned from">{amountText(data.train)}</Fact>
      <Fact name="Measured on">{amountText(data.hold_out)}</Fact>
      <Fact name="Calibration error">
        {calibration.ece === null ? "–" : calibration.ece.toFixed(3)}
      </Fact>
      <Fact name="Speed">{speedText(speed)}</Fact>
      <Fact name="Seed">{training.seed}</Fact>
    </dl>
  );
}

type Metrics = NonNullable<Card["metrics"]>;
type Row = Metrics["per_class"][number];

function Intervals({ metrics }: { metrics: Metrics }) {
  const columns: Column<Row>[] = [
    { title: "Class", kind: "name", cell: (row) => <Name text={row.name} /> },
    { title: "Windows", kind: "number", cell: (row) => count(row.support) },
    { title: "F1", kind: "number", cell: (row) => percent(row.f1?.value) },
    { title: "95 % of redraws", kind: "number", cell: (row) => interval(row.f1) },
  ];
  const macro: Row = {
    name: "All classes (macro)",
    f1: metrics.macro_f1,
    precision: 0,
    recall: 0,
    support: metrics.windows,
  };
  return (
    <section className="panel round-measured">
      <div className="panel-head">
        <h2>How sure the figures are</h2>
        <span className="muted small">
          by redrawing {plural(metrics.groups, metrics.redrawn.replace(/s$/, ""))}
        </span>
      </div>
      <Table
        caption="F1 with 95 % intervals"
        columns={columns}
        rows={[...metrics.per_class, macro]}
        rowKey={(row) => row.name}
      />
    </section>
  );
}

function Failures({ failures }: { failures: CardFailure[] }) {
  return (
    <section className="panel">
      <div className="panel-head">
        <h2>Where it fails</h2>
        <span className="muted small">the worst of the windows it was measured on</span>
      </div>
      <div className="panel-body failures">
        {failures.map((failure) => (
          <figure key={failure.picture}>
            <img
              src={failure.picture}
              alt={`Tube ${failure.tube ?? ""} of ${failure.video} at ${failure.time_s} s`}
              loading="lazy"
            />
            <figcaption className="small">
              <span className="row spread">
                <strong>{failure.label}</strong>
                <Badge tone={failure.kind === "miss" ? "warn" : "bad"}>
                  {failure.kind === "miss" ? "missed" : "not so"}
                </Badge>
              </span>
              <Name
                className="muted"
                text={`${percent(failure.p)}, needs ${percent(failure.threshold)}`}
              />
              <Name className="muted" text={`${failure.time_s.toFixed(1)} s, ${failure.video}`} />
            </figcaption>
          </figure>
        ))}
      </div>
    </section>
  );
}
