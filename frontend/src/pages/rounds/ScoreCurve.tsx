import { useState } from "react";

import type { Round } from "../../api/types";
import { percent } from "../format";
import { measured, usedF1 } from "./roundText";

const WIDTH = 1160;
const HEIGHT = 210;
const LEFT = 44;
const RIGHT = 16;
const TOP = 12;
const BOTTOM = 28;
const TICKS = [0, 0.25, 0.5, 0.75, 1];

interface Point {
  number: number;
  candidate: number | null;
  used: number | null;
}

/** Macro F1 over the rounds: what each new model reached, and what was in use after it. */
export function ScoreCurve({ rounds }: { rounds: Round[] }) {
  const [at, setAt] = useState<number | null>(null);
  const points: Point[] = rounds
    // A round that learned segments alone has figures of another kind.
    .filter((round) => round.model !== null)
    .map((round) => ({
      number: round.number,
      candidate: measured(round).candidate?.macro.f1 ?? null,
      used: usedF1(round),
    }))
    .filter((point) => point.candidate !== null)
    .sort((a, b) => a.number - b.number);
  if (points.length === 0) return null;
  const step = (WIDTH - LEFT - RIGHT) / Math.max(1, points.length - 1);
  const x = (i: number) => (points.length === 1 ? WIDTH / 2 : LEFT + i * step);
  const y = (f1: number) => TOP + (1 - f1) * (HEIGHT - TOP - BOTTOM);
  const line = (key: "candidate" | "used") =>
    points
      .map((point, i) => [x(i), point[key]] as const)
      .filter((pair): pair is readonly [number, number] => pair[1] !== null)
      .map(([px, f1], i) => `${i === 0 ? "M" : "L"}${px} ${y(f1)}`)
      .join("");
  const seen = at === null ? points.length - 1 : at;
  return (
    <figure className="panel panel-body curve">
      <figcaption className="row spread row-wrap">
        <h2>Macro F1 over the rounds</h2>
        <Legend point={points[seen]!} />
      </figcaption>
      <svg viewBox={`0 0 ${WIDTH} ${HEIGHT}`} role="img" aria-label={describe(points)}>
        {TICKS.map((tick) => (
          <g key={tick}>
            <line className="curve-grid" x1={LEFT} x2={WIDTH - RIGHT} y1={y(tick)} y2={y(tick)} />
            <text className="curve-text" x={LEFT - 8} y={y(tick) + 4} textAnchor="end">
              {tick * 100} %
            </text>
          </g>
        ))}
        <path className="curve-line curve-line-used" d={line("used")} />
        <path className="curve-line" d={line("candidate")} />
        {points.map((point, i) => (
          <g key={point.number} onPointerEnter={() => setAt(i)} onPointerLeave={() => setAt(null)}>
            <rect x={x(i) - step / 2} y={0} width={step} height={HEIGHT} fill="transparent" />
            {point.candidate !== null && (
              <circle className="curve-dot" cx={x(i)} cy={y(point.candidate)} r={4} />
            )}
            {showsNumber(i, points.length) && (
              <text className="curve-text" x={x(i)} y={HEIGHT - 8} textAnchor="middle">
                {point.number}
              </text>
            )}
          </g>
        ))}
      </svg>
    </figure>
  );
}

/** At most about twenty numbers under the curve, the last one always. */
const showsNumber = (i: number, n: number): boolean =>
  (n - 1 - i) % Math.max(1, Math.ceil(n / 20)) === 0;

function Legend({ point }: { point: Point }) {
  return (
    <p className="row small number">
      <span className="muted">Round {point.number}</span>
      <span className="legend legend-new">new model {percent(point.candidate)}</span>
      <span className="legend legend-used">in use after it {percent(point.used)}</span>
    </p>
  );
}

function describe(points: Point[]): string {
  const parts = points.map((point) => `round ${point.number}: ${percent(point.candidate)}`);
  return `Macro F1 of the new model by round. ${parts.join("; ")}`;
}
