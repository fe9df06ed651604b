import { useJobs } from "../../api/jobs";
import { useRound } from "../../api/queries";
import type { Project, Round } from "../../api/types";
import { useTitle } from "../../app/title";
import { Badge } from "../../ui/Badge";
import { ButtonLink } from "../../ui/Button";
import { Fact } from "../../ui/Fact";
import { Icon } from "../../ui/Icon";
import { ErrorState, Loading } from "../../ui/states";
import { dateTime, percent, plural, shortHash } from "../format";
import { JobProgress } from "../jobs/JobProgress";
import { jobAdvice, jobError } from "../jobs/jobText";
import { projectPath } from "../paths";
import { canManage } from "../roles";
import { ClassCounts } from "./ClassCounts";
import { MetricsTable } from "./MetricsTable";
import { ModelCard } from "./ModelCard";
import { PromoteButton } from "./PromoteButton";
import { isRunning, measured, outcome, recipeText, roundJob } from "./roundText";
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
      />
    );
  }
  return <RoundView project={project} round={round.data} />;
}

function RoundView({ project, round }: { project: Project; round: Round }) {
  useTitle(`Round ${round.number}`, project.name);
  const { data: jobs = [] } = useJobs(project.id);
  const job = roundJob(round, jobs);
  const { text, tone } = outcome(round);
  const { candidate, champion } = measured(round);
  const failure = job && jobError(job);
  return (
    <div className="stack">
      <div className="row spread">
        <div className="row">
          <ButtonLink small variant="ghost" href={projectPath(project.id, "rounds")}>
            <Icon name="back" />
            Rounds
          </ButtonLink>
          <h1>Round {round.number}</h1>
          <Badge tone={tone}>{text}</Badge>
          {round.model?.status === "champion" && <Badge tone="accent">in use</Badge>}
        </div>
        {round.model && round.model.status !== "champion" && canManage(project.role) && (
          <PromoteButton project={project} round={round} />
        )}
      </div>
      {isRunning(round) && job && (
        <section className="panel">
          <JobProgress job={job} />
        </section>
      )}
      {round.state === "failed" && (
        <div className="notice notice-bad" role="alert">
          <div>
            <p>{failure?.message ?? (round.reason || "The training failed.")}</p>
            {job && <p className="small muted">{jobAdvice(job)}</p>}
          </div>
        </div>
      )}
      {round.reason && round.state === "done" && <p className="notice">{round.reason}</p>}
      <Facts round={round} />
      <TrainCurves round={round} />
      {(candidate || champion) && (
        <section className="panel">
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
      <ClassCounts counts={round.counts} />
      <ModelCard project={project} round={round} />
    </div>
  );
}

function Facts({ round }: { round: Round }) {
  const examples = measured(round).candidate?.n;
  return (
    <dl className="facts">
      <Fact name="Model">{round.model?.name ?? "–"}</Fact>
      <Fact name="Recipe">{recipeText(round)}</Fact>
      <Fact name="Learned from snapshot">
        {round.snapshot_hash ? (
          <code title={round.snapshot_hash}>{shortHash(round.snapshot_hash)}</code>
        ) : (
          "–"
        )}
      </Fact>
      <Fact name="Measured on">
        {examples === undefined
          ? "nothing yet"
          : `${plural(examples, "example")} (${round.evaluated_on})`}
      </Fact>
      <Fact name="Started">{dateTime(round.created_at)}</Fact>
      <Fact name="Finished">{dateTime(round.finished_at)}</Fact>
    </dl>
  );
}
