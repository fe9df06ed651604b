import { useMutation, useQueryClient } from "@tanstack/react-query";
import { useId, useState, type FormEvent } from "react";
import { useLocation } from "wouter";

import { post } from "../../api/client";
import { refreshJobs, refreshProject } from "../../api/jobs";
import { useMetrics } from "../../api/queries";
import type { Evaluation, Metric, Project, Split } from "../../api/types";
import { Button } from "../../ui/Button";
import { Dialog } from "../../ui/Dialog";
import { SelectField, TextField } from "../../ui/Field";
import { ErrorNote } from "../../ui/states";
import { evaluationPath } from "../paths";
import { SplitField } from "../SplitField";
import { evaluationBody, type EvaluationChoice } from "./evaluationRequest";
import { METRICS } from "./metricText";

interface Props {
  project: Project;
  onClose: () => void;
}

/** Ask for figures: which metric, of which predictions, on which videos. */
export function EvaluationForm({ project, onClose }: Props) {
  const client = useQueryClient();
  const [, navigate] = useLocation();
  const formId = useId();
  const [choice, setChoice] = useState<EvaluationChoice>({
    metric: "frame-map",
    evaluator: "",
    file: null,
    source: "proposals",
    splits: [],
  });
  const change = (next: Partial<EvaluationChoice>) => setChoice({ ...choice, ...next });
  const start = useMutation({
    mutationFn: () =>
      post<Evaluation>(`/api/projects/${project.id}/evaluations`, evaluationBody(choice)),
    onSuccess: (evaluation) => {
      refreshJobs(client, project.id);
      refreshProject(client, project.id);
      navigate(evaluationPath(project.id, evaluation.id));
    },
  });
  const submit = (event: FormEvent) => {
    event.preventDefault();
    start.mutate();
  };
  return (
    <Dialog
      title="New evaluation"
      onClose={onClose}
      footer={
        <>
          <Button onClick={onClose}>Cancel</Button>
          <Button
            type="submit"
            form={formId}
            variant="primary"
            busy={start.isPending}
            disabled={choice.source === "file" && !choice.file}
          >
            Measure
          </Button>
        </>
      }
    >
      <form className="stack" id={formId} onSubmit={submit}>
        <MetricField
          metric={choice.metric}
          onChange={(metric) => change({ metric, evaluator: "" })}
        />
        <EvaluatorField choice={choice} onChange={(evaluator) => change({ evaluator })} />
        <SourceFields choice={choice} onChange={change} />
        <SplitField chosen={choice.splits} onChange={(splits: Split[]) => change({ splits })} />
        <ErrorNote error={start.error} />
      </form>
    </Dialog>
  );
}

function MetricField({ metric, onChange }: { metric: Metric; onChange: (metric: Metric) => void }) {
  return (
    <fieldset className="field">
      <legend className="field-label">Metric</legend>
      <div className="choices">
        {METRICS.map((each) => (
          <label key={each.metric} className="choice">
            <input
              type="radio"
              name="metric"
              value={each.metric}
              checked={each.metric === metric}
              onChange={() => onChange(each.metric)}
            />
            <span className="grow">
              <strong>{each.title}</strong>
              <span className="small muted wrap">{each.about}</span>
            </span>
          </label>
        ))}
      </div>
    </fieldset>
  );
}

interface EvaluatorProps {
  choice: EvaluationChoice;
  onChange: (evaluator: string) => void;
}

/** Published programs differ in details; where there are several, one is named. */
function EvaluatorField({ choice, onChange }: EvaluatorProps) {
  const { data: metrics = [] } = useMetrics();
  const evaluators = metrics.find(({ metric }) => metric === choice.metric)?.evaluators ?? [];
  if (evaluators.length < 2) return null;
  return (
    <SelectField
      label="As computed by"
      value={choice.evaluator || evaluators[0]}
      hint="Published programs differ in details; the first is what papers report."
      onChange={(event) => onChange(event.target.value)}
    >
      {evaluators.map((name) => (
        <option key={name}>{name}</option>
      ))}
    </SelectField>
  );
}

interface SourceProps {
  choice: EvaluationChoice;
  onChange: (change: Partial<EvaluationChoice>) => void;
}

function SourceFields({ choice, onChange }: SourceProps) {
  return (
    <>
      <SelectField
        label="Predictions"
        value={choice.source}
        hint="Compared with what people said, where they reviewed."
        onChange={(event) => onChange({ source: event.target.value as EvaluationChoice["source"] })}
      >
        <option value="proposals">What models proposed here</option>
        <option value="file">A file</option>
      </SelectField>
      {choice.source === "file" && (
        <TextField
          label="File of predictions"
          type="file"
          className="input-file"
          required
          hint={METRICS.find(({ metric }) => metric === choice.metric)?.file}
          onChange={(event) => onChange({ file: event.target.files?.[0] ?? null })}
        />
      )}
    </>
  );
}
