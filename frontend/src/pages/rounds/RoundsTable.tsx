import { useState } from "react";
import { Link } from "wouter";

import type { Project } from "../../api/types";
import { Badge } from "../../ui/Badge";
import { Name } from "../../ui/Name";
import { Table, type Column } from "../../ui/Table";
import { ago, count, dateTime, percent } from "../format";
import { eceText, intervalText, points, workText } from "../learning/learningText";
import { roundPath } from "../paths";
import { roundOutcome, triggerText } from "./loopText";
import { recipeText } from "./roundText";
import { changeOf, isInUse, labelsOf, macroF1, secondsOf, type RoundRow } from "./roundTable";

const FIRST = 15;

/** Every round with its figures, the newest on top. */
export function RoundsTable({ project, rows }: { project: Project; rows: RoundRow[] }) {
  const [all, setAll] = useState(false);
  const shown = all ? rows : rows.slice(0, FIRST);
  return (
    <section className="panel rounds-table" aria-label="Rounds">
      <Table
        caption="Rounds, newest first"
        columns={columns(project)}
        rows={shown}
        rowKey={({ round }) => round.id}
      />
      {rows.length > FIRST && (
        <p className="panel-body">
          <button type="button" className="link-button" onClick={() => setAll(!all)}>
            {all ? "Show the newest alone" : `Show all ${rows.length} rounds`}
          </button>
        </p>
      )}
    </section>
  );
}

const columns = (project: Project): Column<RoundRow>[] => [
  {
    title: "Round",
    cell: ({ round }) => (
      <>
        <Link href={roundPath(project.id, round.id)} className="nowrap strong">
          Round {round.number}
        </Link>
        <span className="small muted second-line" title={dateTime(round.created_at)}>
          {ago(round.created_at)}
        </span>
      </>
    ),
  },
  { title: "Outcome", cell: (row) => <Outcome row={row} /> },
  {
    title: "Recipe",
    kind: "name",
    cell: ({ round }) => (
      <>
        <span className="muted">{recipeText(round)}</span>
        {round.state === "failed" && <Name className="small bad" text={round.reason} />}
      </>
    ),
  },
  { title: "Labels", kind: "number", cell: (row) => number(labelsOf(row)) },
  { title: "Work", kind: "number", cell: (row) => workText(secondsOf(row)) },
  { title: "Macro F1", kind: "number", cell: (row) => <F1 row={row} /> },
  { title: "Change", kind: "number", cell: (row) => <Change value={changeOf(row)} /> },
  { title: "mAP", kind: "number", cell: ({ learning }) => percent(learning?.map) },
  {
    title: "Calibration error",
    kind: "number",
    cell: ({ learning }) => eceText(learning?.ece),
  },
];

function Outcome({ row }: { row: RoundRow }) {
  const { round } = row;
  const { text, tone } = roundOutcome(round);
  return (
    <>
      <span className="row" title={round.reason || undefined}>
        <Badge tone={tone}>{text}</Badge>
        {isInUse(row) && <Badge tone="accent">in use</Badge>}
      </span>
      <span className="small muted second-line">
        {triggerText(round.trigger)}
        {round.started_by && `, ${round.started_by}`}
      </span>
    </>
  );
}

function F1({ row }: { row: RoundRow }) {
  const interval =
    row.learning && intervalText(row.learning.macro_f1_low, row.learning.macro_f1_high);
  return (
    <>
      {percent(macroF1(row))}
      {interval && <span className="small muted second-line">{interval}</span>}
    </>
  );
}

function Change({ value }: { value: number | null }) {
  if (value === null) return <span className="muted">–</span>;
  const text = points(value);
  const tone = text.startsWith("+") ? "ok" : text.startsWith("−") ? "bad" : "muted";
  return (
    <span className={tone} title="Points of macro F1 against the model in use before">
      {text}
    </span>
  );
}

const number = (value: number | null): string => (value === null ? "–" : count(value));
