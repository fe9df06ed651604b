import { useState, type KeyboardEvent, type MouseEvent } from "react";

import type { EvaluationResult } from "../../../api/types";
import { count, percent } from "../../format";
import {
  cellSize,
  moved,
  nameMargin,
  nameSize,
  PER_LETTER,
  rowShares,
  sum,
  type Cell,
} from "./confusion";
import { ConfusionTable } from "./ConfusionTable";
import { PlotPanel } from "./PlotPanel";
import { cut } from "./scale";

type Confusion = NonNullable<EvaluationResult["confusion"]>;
type Shown = "shares" | "counts";

const NUMBERED_FROM = 30;

/** Which class is taken for which: rows are the truth, and are colored by share of their row. */
export function ConfusionPlot({ confusion }: { confusion: Confusion }) {
  const [shown, setShown] = useState<Shown>("shares");
  const [at, setAt] = useState<Cell | null>(null);
  const { labels, matrix } = confusion;
  const shares = rowShares(matrix);
  const side = cellSize(labels.length);
  const margin = nameMargin(labels, side);
  const onKeyDown = (event: KeyboardEvent) => {
    const next = moved(at ?? { row: 0, column: 0 }, event.key, labels.length);
    if (!next) return;
    event.preventDefault();
    setAt(next);
  };
  const onMouseMove = (event: MouseEvent<SVGSVGElement>) => {
    const box = event.currentTarget.getBoundingClientRect();
    const row = Math.floor((event.clientY - box.top - margin) / side);
    const column = Math.floor((event.clientX - box.left - margin) / side);
    const within = (n: number) => n >= 0 && n < labels.length;
    setAt(within(row) && within(column) ? { row, column } : null);
  };
  const size = margin + labels.length * side + 2;
  return (
    <PlotPanel
      title="Confusion matrix"
      about="Rows are what people said, columns what was predicted. Point at a cell, or move with the arrow keys."
      controls={
        <select
          className="input input-small plot-control"
          aria-label="Numbers of the confusion matrix"
          value={shown}
          onChange={(event) => setShown(event.target.value as Shown)}
        >
          <option value="shares">share of the row</option>
          <option value="counts">counts</option>
        </select>
      }
      table={() => <ConfusionTable confusion={confusion} />}
    >
      <p className="confusion-reading" aria-live="polite">
        {at ? reading(confusion, shares, at) : " "}
      </p>
      <div className="confusion-scroll">
        <svg
          className="confusion"
          width={size}
          height={size}
          role="application"
          tabIndex={0}
          aria-label={`Confusion matrix of ${labels.length} classes`}
          onKeyDown={onKeyDown}
          onFocus={() => setAt((was) => was ?? { row: 0, column: 0 })}
          onBlur={() => setAt(null)}
          onMouseMove={onMouseMove}
          onMouseLeave={() => setAt(null)}
        >
          <LabelNames labels={labels} side={side} margin={margin} at={at} />
          <Cells matrix={matrix} shares={shares} side={side} margin={margin} shown={shown} />
          {at && (
            <rect
              className="confusion-at"
              x={margin + at.column * side}
              y={margin + at.row * side}
              width={side}
              height={side}
            />
          )}
        </svg>
      </div>
    </PlotPanel>
  );
}

function reading({ labels, matrix }: Confusion, shares: number[][], { row, column }: Cell): string {
  const n = matrix[row]?.[column] ?? 0;
  const total = sum(matrix[row] ?? []);
  return (
    `${labels[row]} → ${labels[column]}: ${count(n)} of ${count(total)} ` +
    `(${total > 0 ? percent(shares[row]?.[column]) : "no examples"})`
  );
}

interface NamesProps {
  labels: string[];
  side: number;
  margin: number;
  at: Cell | null;
}

function LabelNames({ labels, side, margin, at }: NamesProps) {
  const fontSize = nameSize(side);
  return (
    <g className="confusion-names" fontSize={fontSize}>
      {labels.map((label, i) => {
        const middle = margin + (i + 0.5) * side;
        const text = cut(label, margin - 14, fontSize * PER_LETTER);
        return (
          <g key={i}>
            <text
              x={margin - 8}
              y={middle + fontSize * 0.35}
              textAnchor="end"
              className={at?.row === i ? "confusion-named" : undefined}
            >
              <title>{label}</title>
              {text}
            </text>
            <text
              transform={`translate(${middle + fontSize * 0.35} ${margin - 8}) rotate(-90)`}
              className={at?.column === i ? "confusion-named" : undefined}
            >
              <title>{label}</title>
              {text}
            </text>
          </g>
        );
      })}
    </g>
  );
}

interface CellsProps {
  matrix: number[][];
  shares: number[][];
  side: number;
  margin: number;
  shown: Shown;
}

function Cells({ matrix, shares, side, margin, shown }: CellsProps) {
  const gap = side > 16 ? 1 : 0.5;
  return (
    <g>
      {matrix.flatMap((row, i) =>
        row.map((n, j) => {
          const share = shares[i]?.[j] ?? 0;
          const x = margin + j * side;
          const y = margin + i * side;
          return (
            <g key={`${i} ${j}`}>
              <rect
                className="confusion-cell"
                x={x + gap / 2}
                y={y + gap / 2}
                width={side - gap}
                height={side - gap}
              />
              {n > 0 && (
                <rect
                  className={i === j ? "confusion-right" : "confusion-wrong"}
                  x={x + gap / 2}
                  y={y + gap / 2}
                  width={side - gap}
                  height={side - gap}
                  opacity={0.15 + 0.85 * share}
                />
              )}
              {n > 0 && side >= NUMBERED_FROM && (
                <text
                  className={share > 0.6 ? "confusion-number confusion-ink" : "confusion-number"}
                  x={x + side / 2}
                  y={y + side / 2 + 4}
                  textAnchor="middle"
                >
                  {shown === "counts" ? short(n) : Math.round(share * 100)}
                </text>
              )}
            </g>
          );
        }),
      )}
    </g>
  );
}

/** 12345 as "12k", to fit a cell. */
const short = (n: number): string => (n < 10_000 ? String(n) : `${Math.round(n / 1000)}k`);
