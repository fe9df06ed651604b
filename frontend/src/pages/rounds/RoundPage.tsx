import { useJobs } from "../../api/jobs";
import { useCard, useRound, useRounds } from "../../api/queries";
import type { Project, Round } from "../../api/types";
import { useTitle } from "../../app/title";
import { Badge } from "../../ui/Badge";
import { ButtonLink } from "../../ui/Button";
import { Icon } from "../../ui/Icon";
import { ErrorState, Loading } from "../../ui/states";
import { percent } from "../format";
import { JobActions } from "../jobs/JobActions";
import { JobProgress } from "../jobs/JobProgress";
import { jobAdvice, jobError } from "../jobs/jobText";
import { comparable, otherOf } from "../learning/diff/others";
import "../learning/learning.css";
import "./rounds.css";
import { useLearning } from "../learning/useLearning";
import { diffPath, projectPath } from "../paths";
import { canAnnotate, canManage } from "../roles";
import { ClassCounts } from "./ClassCounts";
import { isWaiting, roundOutcome } from "./loopText";
import { MetricsTable } from "./MetricsTable";
import { ModelCard } from "./ModelCard";
import { PromoteButton } from "./PromoteButton";
import { Provenance } from "./Provenance";
import { Reliability } from "./Reliability";
import { RoundFigures } from "./RoundFigures";
import { RoundSteps } from "./RoundSteps";
import { isRunning, measured, roundJob } from "./roundText";
import { TrainCurves } from "./TrainCurves";

export function RoundPage({ project, roundId }: { project: Project; roundId: string }) {
  const round = useRound(project.id, roundId);
  if (round.isPending) return <Loading what="the round" />;
  if (round.isError && !round.data) {
    return (
      <ErrorState
        title="This round could not be loaded"
        error={round.error}
        onRetry={() => void round.refetch()}
        action={<ButtonLink href={projectPath(project.id, "rounds")}>Rounds</ButtonLink>}
      />
    );
  }
  return <RoundView project={project} round={round.data} />;
}

interface ViewProps {
  project: Project;
  round: Round;
}

function RoundView({ project, round }: ViewProps) {
  useTitle(`Round ${round.number}`, project.name);
  const card = useCard(project.id, round.model?.id);
  const learning = useLearning(project.id).data?.rounds.find(
    ({ round_id }) => round_id === round.id,
  );
  const { candidate, champion } = measured(round);
  return (
    <div className="stack">
      <Head project={project} round={round} />
      <State project={project} round={round} />
      <section className="panel" aria-label="Steps">
        <RoundSteps round={round} />
      </section>
      <RoundFigures round={round} learning={learning ?? null} card={card.data ?? null} />
      <Provenance round={round} />
      <TrainCurves round={round} />
      {(candidate || champion) && (
        <section className="panel round-measured">
          <div className="panel-head">
            <h2>Measured on {round.evaluated_on || "held-out work"}</h2>
            <span className="muted small">
              Accuracy {percent(candidate?.accuracy)}
              {champion && ` against ${percent(champion.accuracy)} of the model in use before`}
            </span>
          </div>
          <MetricsTable candidate={candidate} champion={champion} />
        </section>
      )}
      <div className="round-pair">
        {card.data && <Reliability calibration={card.data.calibration} />}
        <ClassCounts counts={round.counts} />
      </div>
      <ModelCard project={project} round={round} />
    </div>
  );
}

function Head({ project, round }: ViewProps) {
  const { data: rounds = [] } = useRounds(project.id);
  const { text, tone } = roundOutcome(round);
  const other = round.model ? otherOf(comparable(rounds, round), round, null) : undefined;
  return (
    <div className="row spread row-wrap">
      <div className="row">
        <ButtonLink small variant="ghost" href={projectPath(project.id, "rounds")}>
          <Icon name="back" />
          Rounds
        </ButtonLink>
        <h1>Round {round.number}</h1>
        <Badge tone={tone}>{text}</Badge>
        {round.model?.status === "champion" && <Badge tone="accent">in use</Badge>}
      </div>
      <div className="row">
        {other && (
          <ButtonLink href={diffPath(project.id, round.id, other.id)}>
            What changed against round {other.number}
          </ButtonLink>
        )}
        {round.model && round.model.status !== "champion" && canManage(project.role) && (
          <PromoteButton project={project} round={round} />
        )}
      </div>
    </div>
  );
}

/** Where the round is, why it failed, or why it was decided as it was. */
function State({ project, round }: ViewProps) {
  const { data: jobs = [] } = useJobs(project.id);
  const job = roundJob(round, jobs);
  if (isWaiting(round)) {
    return <p className="notice">It waits for the round under way and begins by itself.</p>;
  }
  if (isRunning(round)) {
    return job ? (
      <section className="panel" aria-label="Training">
        <JobProgress job={job} />
      </section>
    ) : null;
  }
  if (round.state === "failed") {
    const failure = job?.error ? jobError(job) : null;
    return (
      <div className="notice notice-bad" role="alert">
        <div className="grow">
          <p>{failure?.message ?? (round.reason || "The training failed.")}</p>
          {job && <p className="small muted">{jobAdvice(job)}</p>}
        </div>
        {job && canAnnotate(project.role) && <JobActions job={job} />}
      </div>
    );
  }
  return round.reason ? <p className="notice">{round.reason}</p> : null;
}
