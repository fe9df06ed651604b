import { useState } from "react";

import type { ClassFigures, PrCurve } from "../../../api/types";
import { Name } from "../../../ui/Name";
import { percent } from "../../format";
import { lookOf } from "./colors";
import { precisionAt } from "./prReading";

interface Props {
  curves: PrCurve[];
  classes: ClassFigures[];
  chosen: string[];
  colors: Map<string, number>;
  recall: number | null;
  onToggle: (label: string) => void;
}

const FILTER_FROM = 12;

/** Chooses the classes, and tells what the hairline reads of them. */
export function PrLegend({ curves, classes, chosen, colors, recall, onToggle }: Props) {
  const [filter, setFilter] = useState("");
  const ap = new Map(classes.map((row) => [row.label, row.ap]));
  const wanted = filter.trim().toLowerCase();
  const shown = curves.filter(
    ({ label }) => chosen.includes(label) || label.toLowerCase().includes(wanted),
  );
  const order = [...shown].sort(
    (a, b) => Number(chosen.includes(b.label)) - Number(chosen.includes(a.label)),
  );
  return (
    <div className="pr-legend">
      <div className="row spread small muted">
        <span>Class</span>
        <span className="number">
          {recall === null ? "AP" : `precision at ${Math.round(recall * 100)} % recall`}
        </span>
      </div>
      {curves.length >= FILTER_FROM && (
        <input
          type="search"
          className="input input-small"
          placeholder="Filter"
          aria-label="Filter classes"
          value={filter}
          onChange={(event) => setFilter(event.target.value)}
        />
      )}
      <ul>
        {order.map((curve) => {
          const isChosen = chosen.includes(curve.label);
          const value = recall === null ? ap.get(curve.label) : precisionAt(curve, recall);
          return (
            <li key={curve.label}>
              <label className="row">
                <input type="checkbox" checked={isChosen} onChange={() => onToggle(curve.label)} />
                <Swatch look={isChosen ? lookOf(colors.get(curve.label) ?? 0) : null} />
                <Name text={curve.label} className="grow" />
                <span className={isChosen ? "number" : "number muted"}>
                  {recall !== null && !isChosen ? "" : percent(value)}
                </span>
              </label>
            </li>
          );
        })}
      </ul>
    </div>
  );
}

function Swatch({ look }: { look: { color: string; dash: string } | null }) {
  return (
    <svg className="line-swatch" width={22} height={8} aria-hidden="true">
      {look && (
        <line x1={0} x2={22} y1={4} y2={4} stroke={look.color} strokeDasharray={look.dash} />
      )}
    </svg>
  );
}
