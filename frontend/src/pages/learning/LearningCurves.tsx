import { useState } from "react";
import { useLocation } from "wouter";

import type { Learning, Project } from "../../api/types";
import { Table, type Column } from "../../ui/Table";
import { PlotPanel } from "../metrics/plots/PlotPanel";
import { count, percent, plural, wholePercent } from "../format";
import { roundPath } from "../paths";
import {
  aheadOf,
  bandOf,
  controlOf,
  rangeOf,
  stopsOf,
  type Axis,
  type Place,
  type Stop,
} from "./curve";
import { axisText, eceText, intervalText, stopText, workText } from "./learningText";
import { LinePlot, type PlotLine } from "./LinePlot";

const TITLES: Record<Axis, string> = {
  labels: "labels",
  minutes: "minutes of work",
  rounds: "rounds",
};
const SWITCH: [Axis, string][] = [
  ["labels", "Labels"],
  ["minutes", "Minutes of work"],
  ["rounds", "Rounds"],
];
const X_TICKS = 8;
const ECE_DIGITS = 3;

/** Macro F1, mAP and calibration of every round, over labels or over minutes of work. */
export function LearningCurves({ project, learning }: { project: Project; learning: Learning }) {
  const [axis, setAxis] = useState<Axis>(() =>
    stopsOf(learning.rounds, "labels").length > 0 ? "labels" : "rounds",
  );
  const [at, setAt] = useState<number | null>(null);
  const [, navigate] = useLocation();
  const stops = stopsOf(learning.rounds, axis);
  const unplaced =
    learning.rounds.filter(({ macro_f1 }) => macro_f1 !== null).length - stops.length;
  const chosen = at === null || at >= stops.length ? null : at;
  const read = (i: number) => (stops[i] ? stopText(stops[i]).replaceAll(" %", "\u00a0%") : "");
  const shared = {
    stops: stops.map(({ x }) => x),
    stopText: read,
    filled: stops.map(({ round }) => round.decision === "promoted" || round.in_use),
    xTitle: TITLES[axis],
    xText: (value: number) => axisText(axis, value),
    at: chosen,
    onAt: setAt,
    onOpen: (i: number) => navigate(roundPath(project.id, stops[i]!.round.round_id)),
  };
  return (
    <PlotPanel
      title="Learning curve"
      controls={<AxisSwitch axis={axis} onAxis={setAxis} />}
      table={() => <CurveTable stops={stops} />}
    >
      {stops.length === 0 ? (
        <p className="muted">
          No round has been measured{unplaced > 0 ? ` with its ${TITLES[axis]} counted` : ""} yet.
        </p>
      ) : (
        <>
          <p className="learning-reading number" aria-live="polite">
            {read(chosen ?? stops.length - 1)}
          </p>
          <Plots learning={learning} axis={axis} stops={stops} shared={shared} />
        </>
      )}
      {stops.length > 0 && unplaced > 0 && (
        <p className="small muted">
          {plural(unplaced, "older round")} without a count of {TITLES[axis]}{" "}
          {unplaced === 1 ? "is" : "are"} not drawn.
        </p>
      )}
    </PlotPanel>
  );
}

type Shared = Pick<
  Parameters<typeof LinePlot>[0],
  "stops" | "stopText" | "filled" | "xTitle" | "xText" | "at" | "onAt" | "onOpen"
>;

interface PlotsProps {
  learning: Learning;
  axis: Axis;
  stops: Stop[];
  shared: Shared;
}

function Plots({ learning, axis, stops, shared }: PlotsProps) {
  const ahead = aheadOf(learning.forecast, stops, axis);
  const control = controlOf(stops, "macro_f1", axis);
  const chosen = controlOf(stops, "macro_f1", axis, "chosen");
  // Labels and minutes begin at nothing; rounds are whole.
  const [first, finest] = axis === "rounds" ? [[], 1] : [[0], axis === "labels" ? 1 : 0];
  const xs = [...first, ...shared.stops, ...control.map(({ x }) => x)];
  const wide = rangeOf([...xs, ...ahead.map(({ x }) => x)], X_TICKS, 0, Infinity, finest);
  const narrow = rangeOf(xs, X_TICKS / 2, 0, Infinity, finest);
  const maps = stops.map(({ round }) => round.map);
  const errors = stops.map(({ round }) => round.ece);
  const last = stops[stops.length - 1]!;
  return (
    <div className="learning-plots">
      <div className="learning-large">
        <Legend control={control.length > 0} chosen={chosen.length > 0} ahead={ahead.length > 1} />
        <LinePlot
          {...shared}
          title={`Macro F1 over ${TITLES[axis]}`}
          about={`${plural(stops.length, "round")}; the last reached ${percent(last.round.macro_f1)}. Arrow keys move from round to round, Enter opens one.`}
          height={330}
          main={stops.map(({ round }) => round.macro_f1)}
          lines={controlLines(control, chosen)}
          band={bandOf(stops)}
          ahead={ahead}
          xRange={wide}
          yTitle="macro F1"
          yText={wholePercent}
          greatest={1}
        />
      </div>
      <div className="learning-small">
        {maps.some((value) => value !== null) && (
          <LinePlot
            {...shared}
            title={`Mean average precision over ${TITLES[axis]}`}
            about=""
            height={180}
            main={maps}
            lines={controlLines(
              controlOf(stops, "map", axis),
              controlOf(stops, "map", axis, "chosen"),
            )}
            xRange={narrow}
            yTitle="mAP"
            yText={wholePercent}
            greatest={1}
          />
        )}
        {errors.some((value) => value !== null) && (
          <LinePlot
            {...shared}
            title={`Calibration error over ${TITLES[axis]}`}
            about="Lower is better."
            height={180}
            main={errors}
            lines={[]}
            xRange={narrow}
            yTitle="calibration error"
            yText={(value) => value.toFixed(ECE_DIGITS)}
            greatest={1}
          />
        )}
      </div>
    </div>
  );
}

const controlLines = (random: Place[], chosen: Place[]): PlotLine[] => [
  { name: "random answers alone", look: "control", points: random },
  { name: "as many chosen answers", look: "second", points: chosen },
];

function Legend(shown: { control: boolean; chosen: boolean; ahead: boolean }) {
  return (
    <p className="row row-wrap small muted learning-legend">
      <span className="learning-key learning-key-main">new model, 95 % interval</span>
      <span className="learning-key learning-key-used">put to use</span>
      <span className="learning-key learning-key-kept">not put to use</span>
      {shown.control && (
        <span className="learning-key learning-key-control">random answers alone</span>
      )}
      {shown.chosen && (
        <span className="learning-key learning-key-chosen">as many chosen answers</span>
      )}
      {shown.ahead && <span className="learning-key learning-key-ahead">forecast</span>}
    </p>
  );
}

function AxisSwitch({ axis, onAxis }: { axis: Axis; onAxis: (axis: Axis) => void }) {
  return (
    <div className="segments" role="group" aria-label="Draw over">
      {SWITCH.map(([each, title]) => (
        <button
          key={each}
          type="button"
          className="segment segment-button"
          aria-pressed={each === axis}
          onClick={() => onAxis(each)}
        >
          {title}
        </button>
      ))}
    </div>
  );
}

function CurveTable({ stops }: { stops: Stop[] }) {
  const columns: Column<Stop>[] = [
    { title: "Round", kind: "number", cell: ({ round }) => round.number },
    { title: "Labels", kind: "number", cell: ({ round }) => number(round.labels) },
    { title: "Work", kind: "number", cell: ({ round }) => workText(round.seconds) },
    { title: "Macro F1", kind: "number", cell: ({ round }) => percent(round.macro_f1) },
    {
      title: "95 % interval",
      kind: "number",
      cell: ({ round }) => intervalText(round.macro_f1_low, round.macro_f1_high) || "–",
    },
    { title: "mAP", kind: "number", cell: ({ round }) => percent(round.map) },
    { title: "Calibration error", kind: "number", cell: ({ round }) => eceText(round.ece) },
    {
      title: "Random answers alone",
      kind: "number",
      cell: ({ round: { control } }) =>
        control ? `${percent(control.macro_f1)} (${count(control.labels)})` : "–",
    },
    {
      title: "As many chosen",
      kind: "number",
      cell: ({ round: { control } }) => percent(control?.active?.macro_f1),
    },
  ];
  return (
    <Table
      caption="Learning curve"
      columns={columns}
      rows={stops}
      rowKey={({ round }) => round.round_id}
    />
  );
}

const number = (value: number | null): string => (value === null ? "–" : count(value));
