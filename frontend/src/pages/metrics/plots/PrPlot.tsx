import { useState } from "react";

import type { ClassFigures, PrCurve } from "../../../api/types";
import { Table } from "../../../ui/Table";
import { percent, wholePercent } from "../../format";
import { Axes, SHARES } from "./Axes";
import { lookOf, MOST_LINES } from "./colors";
import { PlotPanel } from "./PlotPanel";
import { assignColors, firstChosen, precisionAt, toggled } from "./prReading";
import { PrLegend } from "./PrLegend";
import { useReading } from "./reading";
import { linePath, xScale, yScale, type Frame } from "./scale";

const FRAME: Frame = { width: 700, height: 430, left: 58, right: 26, top: 12, bottom: 44 };
const X = xScale(FRAME);
const Y = yScale(FRAME);
const STOPS = Array.from({ length: 101 }, (_, i) => i / 100);
const FIRST = 5;

/** Precision over recall for chosen classes; a hairline reads all of them at one recall. */
export function PrPlot({ curves, classes }: { curves: PrCurve[]; classes: ClassFigures[] }) {
  const [chosen, setChosen] = useState(() => firstChosen(curves, classes, FIRST));
  const [colors, setColors] = useState(() => assignColors(new Map(), chosen));
  const { index, handlers } = useReading({ stops: STOPS, x: X, width: FRAME.width });
  const recall = index === null ? null : STOPS[index]!;
  const drawn = curves.filter(({ label }) => chosen.includes(label));
  const toggle = (label: string) => {
    const next = toggled(chosen, label, MOST_LINES);
    setChosen(next);
    setColors(assignColors(colors, next));
  };
  return (
    <PlotPanel
      title="Precision and recall"
      about={
        "Point at the plot, or move along it with the arrow keys: a dot is the best precision at " +
        `that recall or a higher one. Up to ${MOST_LINES} classes.`
      }
      table={() => <PrTable curves={drawn} />}
    >
      <div className="pr-plot">
        <svg
          className="plot-svg"
          viewBox={`0 0 ${FRAME.width} ${FRAME.height}`}
          role="slider"
          tabIndex={0}
          aria-label="Precision at a recall"
          aria-valuemin={0}
          aria-valuemax={100}
          aria-valuenow={Math.round((recall ?? 0) * 100)}
          aria-valuetext={recall === null ? "no recall chosen" : spoken(drawn, recall)}
          {...handlers}
        >
          <Axes
            frame={FRAME}
            x={X}
            y={Y}
            xTicks={SHARES}
            yTicks={SHARES}
            xTitle="Recall"
            yTitle="Precision"
            xText={wholePercent}
            yText={wholePercent}
          />
          {drawn.map((curve) => (
            <Curve key={curve.label} curve={curve} look={lookOf(colors.get(curve.label) ?? 0)} />
          ))}
          {recall !== null && (
            <line
              className="plot-hair"
              x1={X(recall)}
              x2={X(recall)}
              y1={FRAME.top}
              y2={FRAME.height - FRAME.bottom}
            />
          )}
          {recall !== null &&
            drawn.map((curve) => {
              const precision = precisionAt(curve, recall);
              if (precision === null) return null;
              const { color } = lookOf(colors.get(curve.label) ?? 0);
              return (
                <circle key={curve.label} cx={X(recall)} cy={Y(precision)} r={4} fill={color} />
              );
            })}
        </svg>
        <PrLegend
          curves={curves}
          classes={classes}
          chosen={chosen}
          colors={colors}
          recall={recall}
          onToggle={toggle}
        />
      </div>
    </PlotPanel>
  );
}

function Curve({ curve, look }: { curve: PrCurve; look: { color: string; dash: string } }) {
  const points = curve.recall.map((r, i) => [X(r), Y(curve.precision[i] ?? 0)] as const);
  const d = linePath(points);
  // Where a curve ends is the recall that the model reaches; lines on top of each other hide it.
  const end = points.at(-1);
  return (
    <g>
      <path className="plot-line" d={d} stroke={look.color} strokeDasharray={look.dash} />
      {end && <circle cx={end[0]} cy={end[1]} r={3} fill={look.color} />}
      <title>{curve.label}</title>
    </g>
  );
}

const spoken = (curves: PrCurve[], recall: number): string =>
  [
    `recall ${wholePercent(recall)}`,
    ...curves.map((curve) => `${curve.label} ${percent(precisionAt(curve, recall))}`),
  ].join("; ");

const TABLE_STOPS = Array.from({ length: 11 }, (_, i) => i / 10);

function PrTable({ curves }: { curves: PrCurve[] }) {
  return (
    <Table
      caption="Precision at eleven recalls"
      columns={[
        { title: "Recall", kind: "number", cell: (recall: number) => wholePercent(recall) },
        ...curves.map((curve) => ({
          title: curve.label,
          kind: "number" as const,
          cell: (recall: number) => percent(precisionAt(curve, recall)),
        })),
      ]}
      rows={TABLE_STOPS}
      rowKey={(recall) => recall}
    />
  );
}
