import { useMutation, useQueryClient } from "@tanstack/react-query";
import { useEffect, type ReactNode } from "react";

import { post } from "../../api/client";
import { isActive, refreshJobs, useJobs } from "../../api/jobs";
import { useJob } from "../../api/queries";
import type { ImportReport, Job } from "../../api/types";
import { ConfirmDialog } from "../../ui/Dialog";
import { plural } from "../format";
import { jobError } from "../jobs/jobText";
import { readReport } from "./importReport";
import { importBody, type ImportRequest } from "./importRequest";

interface Props {
  projectId: number;
  /** What would be sent to replace; tried first, to say what would go. */
  request: ImportRequest;
  busy: boolean;
  error: unknown;
  onConfirm: () => void;
  onClose: () => void;
}

/** Asks before what people did gives way to what a file says. */
export function ReplaceDialog({ projectId, request, error, ...dialog }: Props) {
  const trial = useTrial(projectId, request);
  return (
    <ConfirmDialog
      title="Replace what is there?"
      action="Replace"
      disabled={!trial.report}
      error={error ?? trial.error}
      {...dialog}
    >
      <div className="stack stack-tight">
        <p>
          In the videos of the file, its word becomes the only one: what it does not hold is
          removed, whoever drew or confirmed it.
        </p>
        {trial.report ? <Losses report={trial.report} /> : !trial.error && <p>Counting…</p>}
        <p>It is one revision, and can be undone as long as nobody works on it further.</p>
      </div>
    </ConfirmDialog>
  );
}

function Losses({ report: { videos_total, tubes, spans } }: { report: ImportReport }) {
  const both = (title: ReactNode, t: number, s: number) => (
    <li>
      <strong>{title}</strong>: {plural(t, "tube")}, {plural(s, "action or segment", OTHERS)}
    </li>
  );
  return (
    <ul className="bullets" aria-label="What would go">
      <li>{plural(videos_total, "video")}</li>
      {both("Removed", tubes.removed, spans.removed)}
      {both("Changed", tubes.changed, spans.changed)}
      {both("New", tubes.new, spans.new)}
    </ul>
  );
}

const OTHERS = "actions and segments";

/** A dry run of replacing, which starts with the dialog. */
function useTrial(projectId: number, request: ImportRequest) {
  const client = useQueryClient();
  const { data: jobs } = useJobs(projectId);
  const start = useMutation({
    mutationFn: () =>
      post<Job>(
        `/api/projects/${projectId}/imports`,
        importBody({ ...request, mode: "dry-run", dryRunOf: "replace" }),
      ),
    onSuccess: () => refreshJobs(client, projectId),
  });
  const { mutate, data: started } = start;
  useEffect(() => mutate(), [mutate]);
  const listed = jobs?.find(({ id }) => id === started?.id);
  const done = useJob(started?.id ?? "", listed?.state ?? "", !!listed && !isActive(listed));
  const failure = done.data && jobError(done.data);
  return {
    error: start.error ?? done.error ?? failure ?? null,
    report: done.data && !failure ? readReport(done.data.result) : null,
  };
}
