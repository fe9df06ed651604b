import type { EvaluationResult } from "../../../api/types";
import { Table } from "../../../ui/Table";
import { percent, wholePercent } from "../../format";
import { Axes, SHARES } from "./Axes";
import { lookOf } from "./colors";
import { PlotPanel } from "./PlotPanel";
import { useReading } from "./reading";
import { linePath, xScale, yScale, type Frame } from "./scale";

type Curve = NonNullable<EvaluationResult["iou_curve"]>;

const FRAME: Frame = { width: 560, height: 320, left: 58, right: 18, top: 22, bottom: 44 };
const Y = yScale(FRAME);
const NAME = "mAP by IoU threshold";

/** How mAP falls as predictions have to overlap the truth more. */
export function IouPlot({ curve }: { curve: Curve }) {
  const { thresholds, mAP } = curve;
  const x = xScale(FRAME, Math.min(...thresholds), Math.max(...thresholds));
  const { index, handlers } = useReading({ stops: thresholds, x, width: FRAME.width });
  const points = thresholds.map((threshold, i) => {
    const value = mAP[i];
    return value === null || value === undefined ? null : ([x(threshold), Y(value)] as const);
  });
  const { color } = lookOf(0);
  return (
    <PlotPanel title={NAME} table={() => <IouTable curve={curve} />}>
      <svg
        className="plot-svg"
        viewBox={`0 0 ${FRAME.width} ${FRAME.height}`}
        role="slider"
        tabIndex={0}
        aria-label={NAME}
        aria-valuemin={0}
        aria-valuemax={thresholds.length - 1}
        aria-valuenow={index ?? 0}
        aria-valuetext={index === null ? "no threshold chosen" : spoken(curve, index)}
        {...handlers}
      >
        <Axes
          frame={FRAME}
          x={x}
          y={Y}
          xTicks={thinned(thresholds)}
          yTicks={SHARES}
          xTitle="IoU"
          yTitle="mAP"
          xText={(value) => String(Number(value.toFixed(2)))}
          yText={wholePercent}
        />
        <path className="plot-line" d={linePath(points)} stroke={color} />
        {points.map(
          (point, i) =>
            point && (
              <circle
                key={i}
                cx={point[0]}
                cy={point[1]}
                r={i === index ? 5.5 : 3.5}
                fill={color}
              />
            ),
        )}
        {index !== null && <Reading curve={curve} index={index} x={x(thresholds[index]!)} />}
      </svg>
    </PlotPanel>
  );
}

function Reading({ curve, index, x }: { curve: Curve; index: number; x: number }) {
  const anchor = x < FRAME.width / 2 ? "start" : "end";
  return (
    <g>
      <line className="plot-hair" x1={x} x2={x} y1={FRAME.top} y2={FRAME.height - FRAME.bottom} />
      <text className="plot-reading" x={x} y={FRAME.top - 8} textAnchor={anchor}>
        {spoken(curve, index)}
      </text>
    </g>
  );
}

const spoken = ({ thresholds, mAP }: Curve, index: number): string =>
  `IoU ${Number(thresholds[index]!.toFixed(2))}: ${percent(mAP[index])}`;

const MOST_TICKS = 11;

/** Every nth, so that their numbers do not touch. */
const thinned = (values: number[]): number[] =>
  values.filter((_, i) => i % Math.ceil(values.length / MOST_TICKS) === 0);

function IouTable({ curve }: { curve: Curve }) {
  return (
    <Table
      caption={NAME}
      columns={[
        {
          title: "IoU",
          kind: "number",
          cell: (i) => String(Number(curve.thresholds[i]!.toFixed(4))),
        },
        { title: "mAP", kind: "number", cell: (i) => percent(curve.mAP[i]) },
      ]}
      rows={curve.thresholds.map((_, i) => i)}
      rowKey={(i) => i}
    />
  );
}
