import { Icon } from "../../ui/Icon";
import { shortHash } from "../format";
import type { Round } from "../../api/types";
import { stepViews, tookText, type StepView } from "./loopText";

const SAID: Record<StepView["state"], string> = {
  done: "done",
  now: "under way",
  failed: "failed",
  ahead: "to come",
};

/** The way of a round, step by step, with the time that each took. */
export function RoundSteps({ round }: { round: Round }) {
  return (
    <ol className="steps" aria-label="Steps of the round">
      {stepViews(round).map((step) => (
        <li
          key={step.name}
          className={`step step-${step.state}`}
          aria-current={step.state === "now" ? "step" : undefined}
          title={step.digest ? `What it made: ${shortHash(step.digest)}` : undefined}
        >
          <span className="step-mark" aria-hidden="true">
            {step.state === "done" && <Icon name="check" size={12} />}
            {step.state === "failed" && <Icon name="close" size={12} />}
          </span>
          <span className="step-title">{step.title}</span>
          <span className="small muted number">
            <span className="visually-hidden">{SAID[step.state]} </span>
            {tookText(step.seconds)}
          </span>
        </li>
      ))}
    </ol>
  );
}
