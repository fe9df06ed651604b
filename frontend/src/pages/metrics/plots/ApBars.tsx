import { useState } from "react";

import type { ClassFigures } from "../../../api/types";
import { Table } from "../../../ui/Table";
import { count, percent } from "../../format";
import { sortClasses, type ClassColumn } from "../result";
import { PlotPanel } from "./PlotPanel";
import { cut, linear } from "./scale";

const WIDTH = 560;
const NAME = 190;
const VALUE = 64;
const ROW = 22;
const bar = linear(0, 1, NAME, WIDTH - VALUE);

const ORDERS: { by: ClassColumn; title: string; descending: boolean }[] = [
  { by: "ap", title: "by AP", descending: true },
  { by: "support", title: "by support", descending: true },
  { by: "label", title: "by name", descending: false },
];

/** Average precision of every class, the best on top. */
export function ApBars({ classes }: { classes: ClassFigures[] }) {
  const [at, setAt] = useState(0);
  const { by, descending } = ORDERS[at]!;
  const rows = sortClasses(classes, by, descending);
  const height = rows.length * ROW + 4;
  return (
    <PlotPanel
      title="AP by class"
      controls={
        <select
          className="input input-small plot-control"
          aria-label="Order of the classes"
          value={at}
          onChange={(event) => setAt(Number(event.target.value))}
        >
          {ORDERS.map(({ title }, i) => (
            <option key={title} value={i}>
              {title}
            </option>
          ))}
        </select>
      }
      table={() => <BarTable rows={rows} />}
    >
      <div className="plot-scroll" tabIndex={0} role="group" aria-label="AP by class, scrolls">
        <svg
          className="plot-svg"
          viewBox={`0 0 ${WIDTH} ${height}`}
          role="img"
          aria-label={spoken(rows)}
        >
          {rows.map((row, i) => (
            <Bar key={row.label} row={row} y={i * ROW + 2} />
          ))}
        </svg>
      </div>
    </PlotPanel>
  );
}

function Bar({ row, y }: { row: ClassFigures; y: number }) {
  const { label, ap, support } = row;
  const measured = ap !== null && ap !== undefined;
  return (
    <g className="ap-bar">
      <title>
        {`${label}: ${measured ? percent(ap) : "not measured"}`}
        {support !== null && support !== undefined && `, ${count(support)} in the truth`}
      </title>
      <rect className="ap-row" x={0} y={y} width={WIDTH} height={ROW} />
      <text x={NAME - 10} y={y + 15} textAnchor="end">
        {cut(label, NAME - 14)}
      </text>
      <rect className="ap-track" x={NAME} y={y + 5} width={bar(1) - NAME} height={ROW - 10} />
      {measured && (
        <rect
          className="ap-value"
          x={NAME}
          y={y + 5}
          width={Math.max(1, bar(ap) - NAME)}
          height={ROW - 10}
        />
      )}
      <text className="ap-number" x={WIDTH - 4} y={y + 15} textAnchor="end">
        {measured ? percent(ap) : "none"}
      </text>
    </g>
  );
}

function spoken(rows: ClassFigures[]): string {
  const measured = rows.filter(({ ap }) => ap !== null && ap !== undefined);
  const [best] = sortClasses(measured, "ap", true);
  const [worst] = sortClasses(measured, "ap", false);
  if (!best || !worst) return "No class has an average precision.";
  return (
    `Average precision of ${measured.length} classes, from ${percent(best.ap)} (${best.label}) ` +
    `to ${percent(worst.ap)} (${worst.label}).`
  );
}

function BarTable({ rows }: { rows: ClassFigures[] }) {
  return (
    <Table
      caption="AP by class"
      columns={[
        { title: "Class", kind: "name", cell: (row) => row.label },
        { title: "AP", kind: "number", cell: (row) => percent(row.ap) },
      ]}
      rows={rows}
      rowKey={(row) => row.label}
    />
  );
}
