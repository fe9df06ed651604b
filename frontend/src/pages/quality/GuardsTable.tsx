import type { GuardFigures, Guards, Share } from "../../api/types";
import { Name } from "../../ui/Name";
import { Table, type Column } from "../../ui/Table";
import { count, wholePercent } from "../format";
import { basis, isOfFew, points, pointsRange } from "./guardText";

type Row = GuardFigures & { username: string | null };

/** A person a row, and all of them together at the end. */
export function GuardsTable({ guards }: { guards: Guards }) {
  const rows: Row[] = [...guards.people];
  if (rows.length > 1) rows.push({ ...guards.everybody, username: null, notes: [] });
  return (
    <section className="panel guard-table">
      <div className="panel-head">
        <div>
          <h2>Attention</h2>
          <p className="small muted">
            Each rate with what it is of, and where it lies with 95 % certainty. Few cases say
            little: look at the interval before you speak to anybody.
          </p>
        </div>
      </div>
      <Table
        caption="Attention per person"
        columns={COLUMNS}
        rows={rows}
        rowKey={(row) => row.username ?? "(everybody)"}
      />
      <Legend />
    </section>
  );
}

const COLUMNS: Column<Row>[] = [
  {
    title: "Person",
    kind: "name",
    cell: (row) => (
      <div className="guard-person">
        <Name text={row.username ?? "Everybody"} className="strong" />
        <span className="small muted nowrap">{count(row.shown)} proposals answered</span>
        {row.notes.map((note) => (
          <span key={note} className={`small ${isOfFew(note) ? "muted" : "guard-note"}`}>
            {note}
          </span>
        ))}
      </div>
    ),
  },
  { title: "Planted noticed", kind: "number", cell: (row) => <Rate share={row.planted} /> },
  { title: "Accepted, random", kind: "number", cell: (row) => <Rate share={row.random} /> },
  { title: "Accepted, chosen", kind: "number", cell: (row) => <Rate share={row.chosen} /> },
  { title: "Same when blind", kind: "number", cell: (row) => <Rate share={row.blind} /> },
  {
    title: "Effect of showing",
    kind: "number",
    cell: ({ blind: { anchoring } }) => (
      <Figure
        text={points(anchoring.rate)}
        about={pointsRange(anchoring.low, anchoring.high)}
      />
    ),
  },
  { title: "Too fast", kind: "number", cell: (row) => <Rate share={row.fast_untouched} /> },
  { title: "Second looks agree", kind: "number", cell: (row) => <Rate share={row.second_looks} /> },
];

function Rate({ share }: { share: Share }) {
  return <Figure text={wholePercent(share.rate)} about={basis(share)} />;
}

function Figure({ text, about }: { text: string; about: string[] }) {
  return (
    <span className="guard-figure">
      <strong className="number">{text}</strong>
      {about.map((line) => (
        <span key={line} className="small muted number">
          {line}
        </span>
      ))}
    </span>
  );
}

function Legend() {
  return (
    <dl className="guard-legend small muted">
      <div>
        <dt>Accepted</dt>
        <dd>as proposed, nothing changed; of those that chance drew, and of those the model chose</dd>
      </div>
      <div>
        <dt>Same when blind</dt>
        <dd>marked just the actions that the model had, without seeing them</dd>
      </div>
      <div>
        <dt>Effect of showing</dt>
        <dd>accepted at random less the same when blind: above 0, the model’s answer leads</dd>
      </div>
      <div>
        <dt>Too fast</dt>
        <dd>
          accepted unchanged within a second, or before half of it can have been played at the
          fastest rate; somebody else is asked again
        </dd>
      </div>
    </dl>
  );
}
