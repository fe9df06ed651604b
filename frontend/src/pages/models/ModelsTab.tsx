import { useMutation, useQueryClient } from "@tanstack/react-query";
import { useState } from "react";

import { post } from "../../api/client";
import { isActive, refreshJobs, useJobs } from "../../api/jobs";
import { useModels } from "../../api/queries";
import type { Job, Project } from "../../api/types";
import { ErrorState, Loading } from "../../ui/states";
import { toastError } from "../../ui/Toast";
import { JobProgress } from "../jobs/JobProgress";
import { canManage } from "../roles";
import { AddFilePanel } from "./AddFilePanel";
import { ModelTable } from "./ModelTable";
import "./models.css";
import { VersionsPanel } from "./VersionsPanel";

/** The weights of this machine and the models of this project. */
export function ModelsTab({ project }: { project: Project }) {
  const models = useModels(project.id);
  const fetching = useFetching(project.id);
  if (models.isPending) return <Loading what="the models" />;
  if (models.isError && !models.data) {
    return (
      <ErrorState
        title="The models could not be loaded"
        error={models.error}
        onRetry={() => void models.refetch()}
      />
    );
  }
  const mayChange = canManage(project.role);
  const of = (use: string) => models.data.items.filter((item) => item.use === use);
  const shared = { mayChange, busy: fetching.busy, onFetch: fetching.start };
  return (
    <div className="stack">
      <p className="notice wrap" role="status">
        {models.data.summary} {mayChange && <a href="#add-a-file">Add a file of your own</a>}
      </p>
      {fetching.jobs.length > 0 && (
        <section className="panel" aria-label="Being fetched">
          {fetching.jobs.map((job) => (
            <JobProgress key={job.id} job={job} />
          ))}
        </section>
      )}
      <VersionsPanel project={project} rows={models.data.versions} />
      <ModelTable
        title="Detectors"
        hint="find people and objects; work is per picture"
        items={of("detector")}
        {...shared}
      />
      <ModelTable
        title="Recognizers"
        hint="say what people do; work is per clip"
        items={of("recognizer")}
        {...shared}
      />
      {mayChange && <AddFilePanel project={project} models={models.data} />}
      <p className="small muted wrap">
        Weights are shared by all projects of this machine and lie in{" "}
        <code>{models.data.folder}</code>.
      </p>
    </div>
  );
}

/** Which names are being fetched, and the jobs that do it. */
function useFetching(projectId: number) {
  const client = useQueryClient();
  const [started, setStarted] = useState<Record<string, string>>({});
  const { data: jobs = [] } = useJobs(projectId);
  const start = useMutation({
    mutationFn: (name: string) =>
      post<Job[]>(`/api/projects/${projectId}/models/fetch`, { names: [name] }),
    onSuccess: ([job], name) => {
      setStarted((before) => ({ ...before, [name]: job!.id }));
      refreshJobs(client, projectId);
    },
    onError: toastError,
  });
  const underWay = jobs.filter((job) => job.kind === "fetch" && isActive(job));
  const ids = new Set(underWay.map(({ id }) => id));
  const names = Object.keys(started).filter((name) => ids.has(started[name]!));
  if (start.isPending) names.push(start.variables);
  return { jobs: underWay, busy: new Set(names), start: (name: string) => start.mutate(name) };
}
