import type { Card } from "../../api/types";
import { Table } from "../../ui/Table";
import { count, percent, wholePercent } from "../format";
import { Axes, SHARES } from "../metrics/plots/Axes";
import { PlotPanel } from "../metrics/plots/PlotPanel";
import { xScale, yScale, type Frame } from "../metrics/plots/scale";
import { eceText } from "../learning/learningText";
import { useWidth } from "../learning/useWidth";

type Bin = Card["calibration"]["bins"][number];

const NAME = "Reliability";

/** Where the model says 80 %, is it right in 80 of 100? Dots on the line say yes. */
export function Reliability({ calibration }: { calibration: Card["calibration"] }) {
  const { ref, width } = useWidth<HTMLDivElement>();
  const bins = calibration.bins.filter(({ n }) => n > 0);
  if (bins.length === 0) return null;
  const frame: Frame = { width, height: 300, left: 62, right: 26, top: 12, bottom: 42 };
  const x = xScale(frame);
  const y = yScale(frame);
  const most = Math.max(...bins.map(({ n }) => n));
  return (
    <PlotPanel
      title={NAME}
      about={`Where the model says 80 %, 80 of 100 should be so: dots on the line. Larger dots hold more windows. Calibration error ${eceText(calibration.ece)}.`}
      table={() => <BinTable bins={bins} />}
    >
      <div ref={ref}>
        <svg
          className="plot-svg"
          height={frame.height}
          viewBox={`0 0 ${width} ${frame.height}`}
          role="img"
          aria-label={`${NAME}: ${bins.map(spoken).join("; ")}`}
        >
          <Axes
            frame={frame}
            x={x}
            y={y}
            xTicks={SHARES}
            yTicks={SHARES}
            xTitle="what the model says"
            yTitle="how often it is so"
            xText={wholePercent}
            yText={wholePercent}
          />
          <line className="plot-hair" x1={x(0)} y1={y(0)} x2={x(1)} y2={y(1)} />
          {bins.map((bin) => (
            <circle
              key={bin.mean_p}
              className="reliability-dot"
              cx={x(bin.mean_p)}
              cy={y(bin.share_yes)}
              r={3 + 7 * Math.sqrt(bin.n / most)}
            >
              <title>{spoken(bin)}</title>
            </circle>
          ))}
        </svg>
      </div>
    </PlotPanel>
  );
}

const spoken = ({ mean_p, share_yes, n }: Bin): string =>
  `says ${percent(mean_p)}, is so ${percent(share_yes)} of ${count(n)}`;

function BinTable({ bins }: { bins: Bin[] }) {
  return (
    <Table
      caption={NAME}
      columns={[
        { title: "Says", kind: "number", cell: (bin) => percent(bin.mean_p) },
        { title: "Is so", kind: "number", cell: (bin) => percent(bin.share_yes) },
        { title: "Windows", kind: "number", cell: (bin) => count(bin.n) },
      ]}
      rows={bins}
      rowKey={(bin) => bin.mean_p}
    />
  );
}
