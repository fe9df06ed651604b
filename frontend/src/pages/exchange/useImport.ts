/** One import from the first check to the end: which job it is at, and how the next one starts. */

import { useMutation, useQueryClient } from "@tanstack/react-query";
import { useLocation, useSearch } from "wouter";

import { post } from "../../api/client";
import { keys } from "../../api/keys";
import { isActive, refreshJobs, useJobs } from "../../api/jobs";
import { useJob } from "../../api/queries";
import type { Job } from "../../api/types";
import { importPath } from "../paths";
import { importBody, recall, remember, type ImportRequest } from "./importRequest";

interface Start extends ImportRequest {
  fileName: string;
}

export function useImport(projectId: number) {
  const client = useQueryClient();
  const { data: jobs } = useJobs(projectId);
  const [, navigate] = useLocation();
  const wanted = new URLSearchParams(useSearch()).get("import");
  const start = useMutation({
    mutationFn: (request: Start) =>
      post<Job>(`/api/projects/${projectId}/imports`, importBody(request)),
    onSuccess: (job, { options, fileName }) => {
      remember(job.id, { options, fileName });
      // Known at once, so that the page need not wait for the list of jobs.
      client.setQueryData<Job[]>(keys.jobs(projectId), (old) => [job, ...(old ?? [])]);
      refreshJobs(client, projectId);
      navigate(importPath(projectId, job.id), { replace: wanted !== null });
    },
  });
  const close = () => {
    start.reset();
    navigate(importPath(projectId, null));
  };
  const listed = jobs?.find((job) =>
    wanted ? job.id === wanted : job.kind === "import" && isActive(job),
  );
  const isRunning = !!listed && isActive(listed);
  const id = wanted ?? listed?.id;
  const whole = useJob(id ?? "", listed?.state ?? "", !!id && !!jobs && !isRunning);
  const job = isRunning ? listed : (whole.data ?? null);
  return {
    job,
    /** The job of the address cannot be read: it is another project's, or there is none. */
    error: isRunning ? null : whole.error,
    isLoading: !!id && !job && !whole.error,
    memory: job ? recall(job.id) : null,
    start,
    close,
  };
}
