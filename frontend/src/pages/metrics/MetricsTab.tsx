import { useState } from "react";
import { Link } from "wouter";

import { useJobs } from "../../api/jobs";
import { useEvaluations } from "../../api/queries";
import type { Evaluation, Job, Project } from "../../api/types";
import { Badge } from "../../ui/Badge";
import { Button } from "../../ui/Button";
import { Icon } from "../../ui/Icon";
import { Name } from "../../ui/Name";
import { Progress } from "../../ui/Progress";
import { EmptyState, ErrorState, Loading } from "../../ui/states";
import { Table, type Column } from "../../ui/Table";
import { ago } from "../format";
import { STATE_TONE } from "../jobs/jobText";
import { evaluationPath } from "../paths";
import { canAnnotate } from "../roles";
import { EvaluationForm } from "./EvaluationForm";
import { figureName, figureValue, headline, metricTitle, sourceText } from "./metricText";

/** How good predictions are against what people said. */
export function MetricsTab({ project }: { project: Project }) {
  const evaluations = useEvaluations(project.id);
  const { data: jobs = [] } = useJobs(project.id);
  const [asking, setAsking] = useState(false);
  const start = canAnnotate(project.role) && (
    <Button variant="primary" onClick={() => setAsking(true)}>
      <Icon name="plus" />
      New evaluation
    </Button>
  );
  return (
    <div className="stack">
      {evaluations.isPending ? (
        <Loading what="the evaluations" />
      ) : evaluations.isError && !evaluations.data ? (
        <ErrorState
          title="The evaluations could not be loaded"
          error={evaluations.error}
          onRetry={() => void evaluations.refetch()}
        />
      ) : evaluations.data.length === 0 ? (
        <EmptyState title="Nothing measured yet" action={start}>
          An evaluation compares what models proposed, or a file of predictions, with what people
          confirmed: as AVA, UCF101-24 and ActivityNet count it. Only what was reviewed counts.
        </EmptyState>
      ) : (
        <>
          <div className="row spread">
            <p className="muted">
              Predictions against what people said, on what they reviewed, counted as published.
            </p>
            {start}
          </div>
          <section className="panel">
            <Table
              caption="Evaluations, newest first"
              columns={columns(project, jobs)}
              rows={evaluations.data}
              rowKey={(row) => row.id}
            />
          </section>
        </>
      )}
      {asking && <EvaluationForm project={project} onClose={() => setAsking(false)} />}
    </div>
  );
}

function columns(project: Project, jobs: Job[]): Column<Evaluation>[] {
  return [
    {
      title: "Metric",
      cell: (row) => (
        <Link href={evaluationPath(project.id, row.id)} className="nowrap strong">
          {metricTitle(row.metric)}
        </Link>
      ),
    },
    { title: "Of", kind: "name", cell: (row) => <Name text={sourceText(row)} /> },
    { title: "As computed by", cell: (row) => <span className="muted">{row.evaluator}</span> },
    {
      title: "Result",
      kind: "number",
      cell: (row) => (
        <Outcome row={row} job={jobs.find((candidate) => candidate.id === row.job_id)} />
      ),
    },
    {
      title: "Started",
      cell: (row) => <span className="muted nowrap">{ago(row.created_at)}</span>,
    },
  ];
}

function Outcome({ row, job }: { row: Evaluation; job: Job | undefined }) {
  if (row.state === "running") {
    return <Progress value={job?.progress ?? null} label="Measuring" />;
  }
  if (row.state !== "done") return <Badge tone={STATE_TONE[row.state]}>{row.state}</Badge>;
  const figure = headline(row);
  if (!figure) return <>–</>;
  return (
    <span className="nowrap">
      <span className="muted">{figureName(figure.key)}</span>{" "}
      <strong>{figureValue(figure.key, figure.value)}</strong>
    </span>
  );
}
