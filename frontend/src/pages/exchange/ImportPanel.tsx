import { useMutation, useQueryClient } from "@tanstack/react-query";
import { useState } from "react";

import { post } from "../../api/client";
import { refreshJobs, useJobs } from "../../api/jobs";
import type { ImportMode, Job, Project } from "../../api/types";
import { ConfirmDialog } from "../../ui/Dialog";
import { ErrorNote } from "../../ui/states";
import { JobProgress } from "../jobs/JobProgress";
import { jobError } from "../jobs/jobText";
import { ImportForm } from "./ImportForm";
import { readReport } from "./importReport";
import { ImportReportView } from "./ImportReportView";
import { importBody, NOTHING_CHOSEN, type ImportChoice } from "./importRequest";

interface Request {
  mode: ImportMode;
  skipBadRows?: boolean;
}

/** Reads a file back in two steps: check what it would do, then do it. */
export function ImportPanel({ project }: { project: Project }) {
  const client = useQueryClient();
  const { data: jobs = [] } = useJobs(project.id);
  const [choice, setChoice] = useState<ImportChoice>(NOTHING_CHOSEN);
  const [started, setStarted] = useState<{ mode: ImportMode; job: Job } | null>(null);
  const [replacing, setReplacing] = useState(false);
  const start = useMutation({
    mutationFn: ({ mode, skipBadRows = false }: Request) =>
      post<Job>(`/api/projects/${project.id}/imports`, importBody(choice, mode, skipBadRows)),
    onSuccess: (job, { mode }) => {
      setStarted({ mode, job });
      setReplacing(false);
      refreshJobs(client, project.id);
    },
  });
  const change = (next: Partial<ImportChoice>) => {
    setChoice({ ...choice, ...next });
    setStarted(null);
    start.reset();
  };
  const job = started && (jobs.find(({ id }) => id === started.job.id) ?? started.job);
  return (
    <section className="panel">
      <div className="panel-head">
        <h2>Import</h2>
      </div>
      <ImportForm
        choice={choice}
        checked={!!started}
        busy={start.isPending && start.variables.mode === "dry-run"}
        error={replacing ? null : start.error}
        onChange={change}
        onCheck={() => start.mutate({ mode: "dry-run" })}
      />
      {started && job && (
        <Outcome
          mode={started.mode}
          job={job}
          busy={start.isPending}
          onMerge={(skipBadRows) => start.mutate({ mode: "merge", skipBadRows })}
          onReplace={() => setReplacing(true)}
        />
      )}
      {replacing && (
        <ConfirmDialog
          title="Replace what is there?"
          action="Replace"
          busy={start.isPending}
          error={start.error}
          onConfirm={() => start.mutate({ mode: "replace" })}
          onClose={() => setReplacing(false)}
        >
          In the videos that the file names, people and actions that it does not hold are removed,
          whoever confirmed them. The history keeps them, but there is no button to bring them back.
        </ConfirmDialog>
      )}
    </section>
  );
}

interface OutcomeProps {
  mode: ImportMode;
  job: Job;
  busy: boolean;
  onMerge: (skipBadRows: boolean) => void;
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
