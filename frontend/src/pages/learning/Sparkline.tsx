import { percent } from "../format";
import { linePath } from "../metrics/plots/scale";
import { sparkPoints } from "./classHealth";

interface Props {
  name: string;
  trend: { round: number; f1: number | null }[];
}

const WIDTH = 92;
const HEIGHT = 28;

/** F1 of a class over the rounds, small enough for a cell; its own heights, not the table's. */
export function Sparkline({ name, trend }: Props) {
  const places = sparkPoints(
    trend.map(({ f1 }) => f1),
    WIDTH,
    HEIGHT,
  );
  const known = places.filter((place) => place !== null);
  const last = known[known.length - 1];
  if (!last) return <span className="muted">–</span>;
  const said = trend
    .filter(({ f1 }) => f1 !== null)
    .slice(-6)
    .map(({ round, f1 }) => `round ${round} ${percent(f1)}`)
    .join(", ");
  return (
    <svg
      className="sparkline"
      width={WIDTH}
      height={HEIGHT}
      viewBox={`0 0 ${WIDTH} ${HEIGHT}`}
      role="img"
      aria-label={`F1 of ${name}: ${said}`}
    >
      <title>{said}</title>
      <path d={linePath(places)} />
      <circle cx={last[0]} cy={last[1]} r={2.2} />
    </svg>
  );
}
