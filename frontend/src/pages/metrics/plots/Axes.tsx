import type { Frame, Scale } from "./scale";

interface Props {
  frame: Frame;
  x: Scale;
  y: Scale;
  xTicks: number[];
  yTicks: number[];
  xTitle: string;
  yTitle: string;
  xText: (value: number) => string;
  yText: (value: number) => string;
}

/** Grid, ticks and titles of a plot with two axes. */
export function Axes({ frame, x, y, xTicks, yTicks, xTitle, yTitle, xText, yText }: Props) {
  const { width, height, left, right, top, bottom } = frame;
  return (
    <g className="plot-axes">
      {yTicks.map((tick) => (
        <g key={tick}>
          <line className="plot-grid" x1={left} x2={width - right} y1={y(tick)} y2={y(tick)} />
          <text x={left - 8} y={y(tick) + 4} textAnchor="end">
            {yText(tick)}
          </text>
        </g>
      ))}
      {xTicks.map((tick) => (
        <g key={tick}>
          <line className="plot-grid" x1={x(tick)} x2={x(tick)} y1={top} y2={height - bottom} />
          <text x={x(tick)} y={height - bottom + 17} textAnchor="middle">
            {xText(tick)}
          </text>
        </g>
      ))}
      <text x={(left + width - right) / 2} y={height - 4} textAnchor="middle">
        {xTitle}
      </text>
      <text
        transform={`translate(12 ${(top + height - bottom) / 2}) rotate(-90)`}
        textAnchor="middle"
      >
        {yTitle}
      </text>
    </g>
  );
}

export const SHARES = [0, 0.25, 0.5, 0.75, 1];
