/** One import from the first check to the end: which job it is at, and how the next one starts. */

import { useMutation, useQueryClient } from "@tanstack/react-query";
import { useLocation, useSearch } from "wouter";

import { post } from "../../api/client";
import { keys } from "../../api/keys";
import { isActive, refreshJobs, useJobs } from "../../api/jobs";
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
  const imports = jobs?.filter(({ kind }) => kind === "import") ?? [];
  const job = wanted
    ? imports.find(({ id }) => id === wanted)
    : imports.find((candidate) => isActive(candidate));
  return {
    job: job ?? null,
    /** The address names an import that the list of jobs does not have. */
    isLost: !!wanted && !!jobs && !job,
    isLoading: !!wanted && !jobs,
    memory: job ? recall(job.id) : null,
    start,
    close,
  };
}
