import type { KeyboardEvent, MouseEvent, PointerEvent } from "react";

import { Axes } from "../metrics/plots/Axes";
import { stepped } from "../metrics/plots/reading";
import { linePath, xScale, yScale, type Frame } from "../metrics/plots/scale";
import { bandPath, rangeOf, stopAt, type Ahead, type Band, type Place, type Range } from "./curve";
import { useWidth } from "./useWidth";

export interface PlotLine {
  name: string;
  look: "main" | "control" | "second";
  points: Place[];
}

interface Props {
  title: string;
  /** The whole said in a sentence, for who does not see it. */
  about: string;
  height: number;
  /** Where one may stand, from left to right, and what is read there. */
  stops: number[];
  stopText: (index: number) => string;
  /** Filled dots of the main line; the others are hollow. */
  filled: boolean[];
  main: (number | null)[];
  lines: PlotLine[];
  band?: Band[];
  ahead?: Ahead[];
  xRange: Range;
  xTitle: string;
  xText: (value: number) => string;
  yTitle: string;
  yText: (value: number) => string;
  greatest: number;
  at: number | null;
  onAt: (index: number | null) => void;
  onOpen: (index: number) => void;
}

const Y_TICKS = 5;
// Ticks are whole percent: finer ones would all read the same.
const Y_FINEST = 0.01;
// A click this near to a round opens it; elsewhere it only gives the plot the focus.
const CLICK_PX = 14;

/** A line over labels or minutes, with its interval, its control and what is to come. */
export function LinePlot(props: Props) {
  const { stops, main, lines, band = [], ahead = [], xRange, height, at } = props;
  const { ref, width } = useWidth<HTMLDivElement>();
  const frame: Frame = { width, height, left: 62, right: 22, top: 12, bottom: 42 };
  const x = xScale(frame, xRange.from, xRange.to);
  const yRange = rangeOf(valuesOf(props), Y_TICKS, 0, props.greatest, Y_FINEST);
  const y = yScale(frame, yRange.from, yRange.to);
  const place = (point: Place) => [x(point.x), y(point.y)] as const;
  const dots = main.map((value, i) =>
    value === null ? null : ([x(stops[i]!), y(value)] as const),
  );
  return (
    <div ref={ref}>
      <svg
        className="plot-svg learning-plot"
        height={height}
        viewBox={`0 0 ${width} ${height}`}
        role="slider"
        tabIndex={0}
        aria-label={`${props.title}. ${props.about}`}
        aria-valuemin={0}
        aria-valuemax={Math.max(0, stops.length - 1)}
        aria-valuenow={at ?? stops.length - 1}
        aria-valuetext={props.stopText(at ?? stops.length - 1)}
        {...handlersOf(props, width, stops.map(x), dots)}
      >
        <desc>{`${props.stops.length} rounds. The table below has the same figures.`}</desc>
        <Axes
          frame={frame}
          x={x}
          y={y}
          xTicks={xRange.ticks}
          yTicks={yRange.ticks}
          xTitle={props.xTitle}
          yTitle={props.yTitle}
          xText={props.xText}
          yText={props.yText}
        />
        <path className="learning-band" d={bandPath(band, x, y)} />
        {band.length === 1 && <Whisker band={band[0]!} x={x} y={y} />}
        <path className="learning-band learning-band-ahead" d={bandPath(ahead, x, y)} />
        <path className="learning-line learning-line-ahead" d={linePath(ahead.map(place))} />
        {lines.map(({ name, look, points }) => (
          <g key={name} className={`learning-${look}`}>
            <path className="learning-line" d={linePath(points.map(place))} />
            {points.map((point, i) => (
              <circle key={i} cx={x(point.x)} cy={y(point.y)} r={2.5} />
            ))}
          </g>
        ))}
        {at !== null && (
          <line
            className="plot-hair"
            x1={x(stops[at]!)}
            x2={x(stops[at]!)}
            y1={frame.top}
            y2={height - frame.bottom}
          />
        )}
        <g className="learning-main">
          <path className="learning-line" d={linePath(dots.filter((dot) => dot !== null))} />
          {dots.map(
            (dot, i) =>
              dot && (
                <circle
                  key={i}
                  className={props.filled[i] ? undefined : "learning-hollow"}
                  cx={dot[0]}
                  cy={dot[1]}
                  r={i === at ? 6 : dots.length > 30 ? 3 : 4}
                />
              ),
          )}
        </g>
      </svg>
    </div>
  );
}

function Whisker({
  band,
  x,
  y,
}: {
  band: Band;
  x: (v: number) => number;
  y: (v: number) => number;
}) {
  return (
    <line
      className="learning-whisker"
      x1={x(band.x)}
      x2={x(band.x)}
      y1={y(band.low)}
      y2={y(band.high)}
    />
  );
}

function valuesOf({ main, lines, band = [], ahead = [] }: Props): number[] {
  return [
    ...main.filter((value) => value !== null),
    ...lines.flatMap(({ points }) => points.map(({ y }) => y)),
    ...[...band, ...ahead].flatMap(({ low, high }) => [low, high]),
  ];
}

function handlersOf(
  props: Props,
  width: number,
  xs: number[],
  dots: (readonly [number, number] | null)[],
) {
  const { stops, at, onAt, onOpen } = props;
  const last = stops.length - 1;
  const places = dots.map((dot) => dot && { x: dot[0], y: dot[1] });
  const under = (event: MouseEvent<SVGSVGElement>) => {
    const box = event.currentTarget.getBoundingClientRect();
    const scale = width / box.width;
    const place = { x: (event.clientX - box.left) * scale, y: (event.clientY - box.top) * scale };
    return { index: stopAt(places, xs, place), place };
  };
  return {
    onPointerMove: (event: PointerEvent<SVGSVGElement>) => onAt(under(event).index),
    onPointerLeave: () => onAt(null),
    onFocus: () => onAt(at ?? last),
    onBlur: () => onAt(null),
    onClick: (event: MouseEvent<SVGSVGElement>) => {
      const { index, place } = under(event);
      if (Math.abs(xs[index]! - place.x) <= CLICK_PX) onOpen(index);
    },
    onKeyDown: (event: KeyboardEvent) => {
      if (event.key === "Enter" && at !== null) return onOpen(at);
      const next = stepped(at ?? last, event.key, last);
      if (next === null) return;
      event.preventDefault();
      onAt(next);
    },
  };
}
