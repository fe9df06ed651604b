import { useMutation, useQueryClient } from "@tanstack/react-query";
import { useState, type FormEvent } from "react";

import { post } from "../../api/client";
import { refreshJobs, useJobs } from "../../api/jobs";
import type { ImportMode, Job, Project } from "../../api/types";
import { Button } from "../../ui/Button";
import { ConfirmDialog } from "../../ui/Dialog";
import { TextField } from "../../ui/Field";
import { ErrorNote } from "../../ui/states";
import { JobProgress } from "../jobs/JobProgress";
import { jobError } from "../jobs/jobText";
import { readReport } from "./importReport";
import { ImportReportView } from "./ImportReportView";

interface Started {
  mode: ImportMode;
  job: Job;
}

/** Reads a file back in two steps: check what it would do, then do it. */
export function ImportPanel({ project }: { project: Project }) {
  const client = useQueryClient();
  const { data: jobs = [] } = useJobs(project.id);
  const [file, setFile] = useState<File | null>(null);
  const [labels, setLabels] = useState<File | null>(null);
  const [started, setStarted] = useState<Started | null>(null);
  const [replacing, setReplacing] = useState(false);
  const start = useMutation({
    mutationFn: (mode: ImportMode) =>
      post<Job>(`/api/projects/${project.id}/imports`, importForm(file!, labels, mode)),
    onSuccess: (job, mode) => {
      setStarted({ mode, job });
      setReplacing(false);
      refreshJobs(client, project.id);
    },
  });
  const choose = (change: () => void) => {
    change();
    setStarted(null);
    start.reset();
  };
  const submit = (event: FormEvent) => {
    event.preventDefault();
    start.mutate("dry-run");
  };
  const job = started && (jobs.find(({ id }) => id === started.job.id) ?? started.job);
  return (
    <section className="panel">
      <div className="panel-head">
        <h2>Import</h2>
      </div>
      <form className="panel-body stack" onSubmit={submit}>
        <TextField
          label="AVA CSV"
          type="file"
          className="input-file"
          accept=".csv,text/csv"
          required
          onChange={(event) => choose(() => setFile(event.target.files?.[0] ?? null))}
        />
        <TextField
          label="Action list (optional)"
          type="file"
          className="input-file"
          accept=".pbtxt,.txt"
          hint="The .pbtxt that names the action ids, where they differ from the project's."
          onChange={(event) => choose(() => setLabels(event.target.files?.[0] ?? null))}
        />
        <ErrorNote error={start.error} />
        <div className="row">
          <Button
            type="submit"
            variant={started ? "default" : "primary"}
            disabled={!file}
            busy={start.isPending && start.variables === "dry-run"}
          >
            Check the file
          </Button>
          <span className="small muted">Nothing is changed by checking.</span>
        </div>
      </form>
      {started && job && (
        <Outcome
          mode={started.mode}
          job={job}
          busy={start.isPending}
          onMerge={() => start.mutate("merge")}
          onReplace={() => setReplacing(true)}
        />
      )}
      {replacing && (
        <ConfirmDialog
          title="Replace what is there?"
          action="Replace"
          busy={start.isPending}
          error={start.error}
          onConfirm={() => start.mutate("replace")}
          onClose={() => setReplacing(false)}
        >
          In the videos that the file names, tubes and actions that it does not hold are removed.
          The history keeps them, but there is no button to bring them back.
        </ConfirmDialog>
      )}
    </section>
  );
}

export function importForm(file: File, labels: File | null, mode: ImportMode): FormData {
  const form = new FormData();
  form.set("file", file);
  if (labels) form.set("labels", labels);
  form.set("format", "ava");
  form.set("mode", mode);
  return form;
}

interface OutcomeProps {
  mode: ImportMode;
  job: Job;
  busy: boolean;
  onMerge: () => void;
  onReplace: () => void;
}

function Outcome({ mode, job, busy, onMerge, onReplace }: OutcomeProps) {
  if (job.state === "queued" || job.state === "running") return <JobProgress job={job} />;
  const error = jobError(job);
  if (error) {
    return (
      <div className="panel-body">
        <ErrorNote error={error} />
      </div>
    );
  }
  return (
    <ImportReportView
      report={readReport(job.result)}
      mode={mode}
      busy={busy}
      onMerge={onMerge}
      onReplace={onReplace}
    />
  );
}
