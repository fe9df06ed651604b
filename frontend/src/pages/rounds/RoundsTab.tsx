import { Link } from "wouter";

import { useJobs } from "../../api/jobs";
import { useRounds } from "../../api/queries";
import type { Project, Round } from "../../api/types";
import { Badge } from "../../ui/Badge";
import { EmptyState, ErrorState, Loading } from "../../ui/states";
import { Table, type Column } from "../../ui/Table";
import { ago, percent } from "../format";
import { JobProgress } from "../jobs/JobProgress";
import { roundPath } from "../paths";
import { canAnnotate } from "../roles";
import { RetrainButton } from "./RetrainButton";
import { measured, outcome, recipeText, runningTraining } from "./roundText";
import { ScoreCurve } from "./ScoreCurve";

export function RoundsTab({ project }: { project: Project }) {
  const rounds = useRounds(project.id);
  const { data: jobs = [] } = useJobs(project.id);
  if (rounds.isPending) return <Loading what="the rounds" />;
  if (rounds.isError && !rounds.data) {
    return (
      <ErrorState
        title="The rounds could not be loaded"
        error={rounds.error}
        onRetry={() => void rounds.refetch()}
      />
    );
  }
  const training = runningTraining(jobs);
  const retrain = canAnnotate(project.role) && (
    <RetrainButton project={project} running={!!training} />
  );
  const rows = [...rounds.data].sort((a, b) => b.number - a.number);
  return (
    <div className="stack">
      {rows.length > 0 && (
        <div className="row spread">
          <p className="muted">
            A round trains a model on what has been reviewed, measures it on what was held out, and
            puts it to use only if it is better.
          </p>
          {retrain}
        </div>
      )}
      {training && (
        <section className="panel" aria-label="Training">
          <JobProgress job={training} />
        </section>
      )}
      {rows.length === 0 ? (
        <EmptyState title="No rounds yet" action={retrain}>
          Review some proposals with their actions, then retrain: the model learns from them,
          proposes again on what is left, and puts the most telling tubes first.
        </EmptyState>
      ) : (
        <>
          <ScoreCurve rounds={rows} />
          <section className="panel">
            <Table
              caption="Rounds, newest first"
              columns={columns(project)}
              rows={rows}
              rowKey={(round) => round.id}
            />
          </section>
        </>
      )}
    </div>
  );
}

function columns(project: Project): Column<Round>[] {
  return [
    {
      title: "Round",
      cell: (round) => (
        <Link href={roundPath(project.id, round.id)} className="nowrap strong">
          Round {round.number}
        </Link>
      ),
    },
    {
      title: "Outcome",
      cell: (round) => {
        const { text, tone } = outcome(round);
        return <Badge tone={tone}>{text}</Badge>;
      },
    },
    {
      title: "Recipe",
      cell: (round) => <span className="muted nowrap">{recipeText(round)}</span>,
    },
    { title: "Why", kind: "name", cell: (round) => <span className="muted">{round.reason}</span> },
    {
      title: "Macro F1",
      kind: "number",
      cell: (round) => percent(measured(round).candidate?.macro.f1),
    },
    {
      title: "Before",
      kind: "number",
      cell: (round) => percent(measured(round).champion?.macro.f1),
    },
    {
      title: "Measured on",
      cell: (round) => (
        <span className="muted">{(measured(round).candidate && round.evaluated_on) || "–"}</span>
      ),
    },
    {
      title: "Started",
      cell: (round) => <span className="muted nowrap">{ago(round.created_at)}</span>,
    },
  ];
}
