import type { Evaluation, EvaluationResult } from "../../api/types";
import { EmptyState } from "../../ui/states";
import { ClassTable } from "./ClassTable";
import { figureName, figureValue } from "./metricText";
import { ApBars } from "./plots/ApBars";
import { ConfusionPlot } from "./plots/ConfusionPlot";
import { IouPlot } from "./plots/IouPlot";
import { PrPlot } from "./plots/PrPlot";
import { readResult } from "./result";

/** Summary, plots and table of a finished evaluation; each part where there is something in it. */
export function ResultView({ evaluation }: { evaluation: Evaluation }) {
  const result = readResult(evaluation.result);
  const { classes, pr_curves, iou_curve, confusion, notes } = result;
  const hasAp = classes.some(({ ap }) => ap !== null && ap !== undefined);
  const curves = pr_curves.filter(({ recall }) => recall.length > 0);
  return (
    <>
      <Summary result={result} />
      <Notes notes={notes} />
      {classes.length === 0 && (
        <EmptyState title="There was nothing to measure">
          Confirm some labels and mark what you reviewed, then measure again.
        </EmptyState>
      )}
      <div className="plots">
        {curves.length > 0 && <PrPlot curves={curves} classes={classes} />}
        {hasAp && <ApBars classes={classes} />}
        {iou_curve && iou_curve.thresholds.length > 0 && <IouPlot curve={iou_curve} />}
      </div>
      {confusion && confusion.labels.length > 0 && <ConfusionPlot confusion={confusion} />}
      {classes.length > 0 && (
        <ClassTable classes={classes} fileName={`${evaluation.metric}-by-class.csv`} />
      )}
    </>
  );
}

function Summary({ result }: { result: EvaluationResult }) {
  const figures = Object.entries({ ...result.summary, ...result.top_k });
  if (figures.length === 0) return null;
  return (
    <dl className="summary" aria-label="Summary">
      {figures.map(([key, value]) => (
        <div key={key} className="panel summary-figure">
          <dt className="small muted">{figureName(key)}</dt>
          <dd className="figure-value number">{figureValue(key, value)}</dd>
        </div>
      ))}
    </dl>
  );
}

function Notes({ notes }: { notes: string[] }) {
  if (notes.length === 0) return null;
  return (
    <div className="notice" role="note">
      <ul className="small bullets">
        {notes.map((note) => (
          <li key={note}>{note}</li>
        ))}
      </ul>
    </div>
  );
}
