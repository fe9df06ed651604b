import { useMutation, useQueryClient } from "@tanstack/react-query";
import { useState } from "react";
import { useLocation } from "wouter";

import { del } from "../../api/client";
import { refreshProject, useJobs } from "../../api/jobs";
import { useEvaluation } from "../../api/queries";
import type { Evaluation, Project } from "../../api/types";
import { useTitle } from "../../app/title";
import { Badge } from "../../ui/Badge";
import { Button, ButtonLink } from "../../ui/Button";
import { ConfirmDialog } from "../../ui/Dialog";
import { Fact } from "../../ui/Fact";
import { Icon } from "../../ui/Icon";
import { ErrorState, Loading } from "../../ui/states";
import { dateTime, shortHash } from "../format";
import { JobProgress } from "../jobs/JobProgress";
import { jobAdvice, jobError, STATE_TONE } from "../jobs/jobText";
import { projectPath } from "../paths";
import { canAnnotate } from "../roles";
import { metricTitle, sourceText } from "./metricText";
import "./metrics.css";
import { ResultView } from "./ResultView";

interface Props {
  project: Project;
  evaluationId: string;
}

export function EvaluationPage({ project, evaluationId }: Props) {
  const evaluation = useEvaluation(project.id, evaluationId);
  if (evaluation.isPending) return <Loading what="the evaluation" />;
  if (evaluation.isError && !evaluation.data) {
    return (
      <ErrorState
        title="This evaluation could not be loaded"
        error={evaluation.error}
        onRetry={() => void evaluation.refetch()}
        action={<ButtonLink href={projectPath(project.id, "metrics")}>All evaluations</ButtonLink>}
      />
    );
  }
  return <EvaluationView project={project} evaluation={evaluation.data} />;
}

function EvaluationView({ project, evaluation }: { project: Project; evaluation: Evaluation }) {
  const title = metricTitle(evaluation.metric);
  useTitle(title, project.name);
  const { state } = evaluation;
  return (
    <div className="stack">
      <div className="row spread">
        <div className="row">
          <ButtonLink small variant="ghost" href={projectPath(project.id, "metrics")}>
            <Icon name="back" />
            Metrics
          </ButtonLink>
          <h1>{title}</h1>
          {state !== "done" && <Badge tone={STATE_TONE[state]}>{state}</Badge>}
        </div>
        {canAnnotate(project.role) && <DeleteButton project={project} evaluation={evaluation} />}
      </div>
      <Facts evaluation={evaluation} />
      {state === "done" ? (
        <ResultView key={evaluation.id} evaluation={evaluation} />
      ) : (
        <UnderWay project={project} evaluation={evaluation} />
      )}
    </div>
  );
}

function UnderWay({ project, evaluation }: { project: Project; evaluation: Evaluation }) {
  const { data: jobs = [] } = useJobs(project.id);
  const job = jobs.find(({ id }) => id === evaluation.job_id);
  if (!job) return null;
  const failure = jobError(job);
  if (!failure) {
    return (
      <section className="panel" aria-label="Measuring">
        <JobProgress job={job} />
      </section>
    );
  }
  return (
    <div className="notice notice-bad" role="alert">
      <div>
        <p>{failure.message}</p>
        {job.state === "failed" && <p className="small muted">{jobAdvice(job)}</p>}
      </div>
    </div>
  );
}

function Facts({ evaluation }: { evaluation: Evaluation }) {
  const { snapshot_hash: hash, evaluator, created_at } = evaluation;
  return (
    <dl className="facts">
      <Fact name="Predictions">{sourceText(evaluation)}</Fact>
      <Fact name="As computed by">{evaluator || "–"}</Fact>
      <Fact name="Truth: snapshot">{hash ? <code title={hash}>{shortHash(hash)}</code> : "–"}</Fact>
      <Fact name="Started">{dateTime(created_at)}</Fact>
    </dl>
  );
}

function DeleteButton({ project, evaluation }: { project: Project; evaluation: Evaluation }) {
  const client = useQueryClient();
  const [, navigate] = useLocation();
  const [asking, setAsking] = useState(false);
  const remove = useMutation({
    mutationFn: () => del(`/api/evaluations/${evaluation.id}`),
    onSuccess: () => {
      refreshProject(client, project.id);
      navigate(projectPath(project.id, "metrics"));
    },
  });
  return (
    <>
      <Button variant="ghost" onClick={() => setAsking(true)}>
        <Icon name="trash" />
        Delete
      </Button>
      {asking && (
        <ConfirmDialog
          title="Delete the evaluation?"
          action="Delete"
          busy={remove.isPending}
          error={remove.error}
          onConfirm={() => remove.mutate()}
          onClose={() => setAsking(false)}
        >
          Its figures go with it; labels and proposals stay as they are.
        </ConfirmDialog>
      )}
    </>
  );
}
