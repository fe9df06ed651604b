import type { Card, LearningRound, Round } from "../../api/types";
import { Fact } from "../../ui/Fact";
import { count, dateTime, percent, plural } from "../format";
import { eceText, intervalText, points, workText } from "../learning/learningText";
import { changeOf, labelsOf, secondsOf } from "./roundTable";
import { measured } from "./roundText";

interface Props {
  round: Round;
  learning: LearningRound | null;
  card: Card | null;
}

/** The round at a glance: what went in, what came out, and what the control says. */
export function RoundFigures({ round, learning, card }: Props) {
  const candidate = measured(round).candidate;
  const row = { round, learning };
  const change = changeOf(row);
  const labels = labelsOf(row);
  const interval = learning && intervalText(learning.macro_f1_low, learning.macro_f1_high);
  const control = learning?.control;
  return (
    <dl className="panel panel-body facts" aria-label="Figures of the round">
      <Fact name="Model">{round.model?.name ?? "–"}</Fact>
      <Fact name="Labels until then">{labels === null ? "–" : count(labels)}</Fact>
      <Fact name="Work until then">{workText(secondsOf(row))}</Fact>
      <Fact name="Learned from">{card ? usedText(card.data.train) : "–"}</Fact>
      <Fact name="Measured on">
        {card && candidate
          ? usedText(card.data.hold_out)
          : candidate
            ? `${plural(candidate.n, "example")} (${round.evaluated_on})`
            : "nothing yet"}
      </Fact>
      <Fact name="Macro F1">
        {percent(learning?.macro_f1 ?? candidate?.macro.f1)}
        {interval && <span className="muted"> ({interval})</span>}
      </Fact>
      {change !== null && (
        <Fact name="Against the one in use">
          {points(change)} <span className="muted">points</span>
        </Fact>
      )}
      <Fact name="mAP">{percent(learning?.map)}</Fact>
      <Fact name="Calibration error">{eceText(learning?.ece ?? card?.calibration.ece)}</Fact>
      {learning && learning.kappa !== null && (
        <Fact name="Agreement with the champion before">
          {`kappa ${learning.kappa.toFixed(3)}`}{" "}
          <span className="muted">on {plural(learning.kappa_windows, "window")}</span>
        </Fact>
      )}
      {control && (
        <Fact name={`Control: ${plural(control.labels, "random answer")} alone`}>
          {percent(control.macro_f1)} <span className="muted">macro F1</span>
          {control.active && (
            <span className="muted">, as many chosen ones {percent(control.active.macro_f1)}</span>
          )}
        </Fact>
      )}
      {!control && learning?.control_note && (
        <Fact name="Control">
          <span className="muted">{learning.control_note}</span>
        </Fact>
      )}
      <Fact name="Finished">{dateTime(round.finished_at)}</Fact>
    </dl>
  );
}

const usedText = ({ windows, tubes, videos }: Card["data"]["train"]): string =>
  `${plural(windows, "window")}, ${plural(tubes, "tube")}, ${plural(videos, "video")}`;
