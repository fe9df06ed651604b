import type { Epoch, Round } from "../../api/types";
import { plural } from "../format";
import { isRunning } from "./roundText";
import { linesOf, pathOf, topOf, type Line } from "./trainCurve";

const WIDTH = 360;
const HEIGHT = 150;
const LEFT = 46;
const RIGHT = 10;
const TOP = 10;
const BOTTOM = 24;

/** Loss, F1 on tubes kept apart, and learning rate, an epoch at a time while the net trains. */
export function TrainCurves({ round }: { round: Round }) {
  const epochs = round.curves.epochs;
  if (epochs.length === 0) return null;
  const planned = isRunning(round) ? Number(round.params["epochs"] ?? 0) : 0;
  const last = Math.max(planned, epochs[epochs.length - 1]!.epoch, 2);
  const notes = epochs.filter(({ note }) => note);
  return (
    <section className="panel">
      <div className="panel-head">
        <h2>Training</h2>
        <span className="muted small">{summary(epochs)}</span>
      </div>
      <div className="train-curves panel-body">
        <Plot
          title="Loss"
          lines={linesOf(epochs, ["loss", "val_loss"])}
          last={last}
          from={0}
          digits={2}
        />
        <Plot
          title="F1 on tubes kept apart"
          lines={linesOf(epochs, ["val_f1"])}
          last={last}
          from={0}
          to={1}
          digits={2}
        />
        <Plot title="Learning rate" lines={linesOf(epochs, ["lr"])} last={last} from={0} />
      </div>
      {notes.map(({ epoch, note }) => (
        <p key={epoch} className="small muted panel-body">
          Epoch {epoch}: {note}
        </p>
      ))}
    </section>
  );
}

function summary(epochs: Epoch[]): string {
  const seconds = epochs.reduce((sum, { seconds: each }) => sum + each, 0);
  const rate = epochs[epochs.length - 1]!.clips_per_s;
  const took = seconds < 90 ? `${Math.round(seconds)} s` : `${Math.round(seconds / 60)} min`;
  return `${plural(epochs.length, "epoch")} in ${took}, ${rate.toPrecision(2)} clips a second`;
}

interface PlotProps {
  title: string;
  lines: Line[];
  last: number;
  from: number;
  to?: number;
  digits?: number;
}

function Plot({ title, lines, last, from, to, digits }: PlotProps) {
  const values = lines.flatMap(({ points }) => points.map(([, value]) => value));
  if (values.length === 0) {
    return (
      <figure className="curve">
        <figcaption className="small strong">{title}</figcaption>
        <p className="small muted">Too few tubes to keep some apart.</p>
      </figure>
    );
  }
  const top = to ?? topOf(values);
  const x = (epoch: number) =>
    LEFT + ((epoch - 1) / Math.max(1, last - 1)) * (WIDTH - LEFT - RIGHT);
  const y = (value: number) =>
    TOP + (1 - (Math.min(value, top) - from) / Math.max(top - from, 1e-12)) * (HEIGHT - TOP - BOTTOM);
  const shown = (value: number) =>
    digits === undefined ? value.toExponential(0) : value.toFixed(digits);
  const now = lines.map(({ name, points }) => `${name} ${shown(points[points.length - 1]![1])}`);
  return (
    <figure className="curve">
      <figcaption className="row spread small">
        <span className="strong">{title}</span>
        <span className="number muted">
          {lines.map(({ name, points }, i) => (
            <span key={name} className={i === 0 ? "legend" : "legend legend-used"}>
              {lines.length > 1 ? `${name} ` : ""}
              {shown(points[points.length - 1]![1])}
            </span>
          ))}
        </span>
      </figcaption>
      <svg
        viewBox={`0 0 ${WIDTH} ${HEIGHT}`}
        role="img"
        aria-label={`${title} over the epochs, at last: ${now.join(", ")}`}
      >
        {[from, (from + top) / 2, top].map((tick) => (
          <g key={tick}>
            <line className="curve-grid" x1={LEFT} x2={WIDTH - RIGHT} y1={y(tick)} y2={y(tick)} />
            <text className="curve-text" x={LEFT - 6} y={y(tick) + 4} textAnchor="end">
              {shown(tick)}
            </text>
          </g>
        ))}
        {lines.map(({ name, points }, i) => (
          <g key={name}>
            <path
              className={i === 0 ? "curve-line" : "curve-line curve-line-used"}
              d={pathOf(points, x, y)}
            />
            {points.length === 1 && (
              <circle className="curve-dot" cx={x(points[0]![0])} cy={y(points[0]![1])} r={3} />
            )}
          </g>
        ))}
        <text className="curve-text" x={LEFT} y={HEIGHT - 6}>
          1
        </text>
        <text className="curve-text" x={WIDTH - RIGHT} y={HEIGHT - 6} textAnchor="end">
          epoch {last}
        </text>
      </svg>
    </figure>
  );
}
