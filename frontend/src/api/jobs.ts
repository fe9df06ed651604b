/** Long tasks: polled while one is under way, and left alone when none is. */

import { useQuery, useQueryClient, type QueryClient } from "@tanstack/react-query";
import { useEffect, useRef } from "react";

import { keys } from "./keys";
import { fetchJobs } from "./queries";
import type { Job } from "./types";

const POLL_MS = 2000;
// One job's end may start the next (a video taken in is proposed on): look a little longer.
const SETTLE_MS = 8000;

export const isActive = (job: Job): boolean => job.state === "queued" || job.state === "running";

/** True for a job that was not there before, or that moved on. */
export function hasMoved(before: Job[], after: Job[]): boolean {
  const states = new Map(before.map((job) => [job.id, job.state]));
  return after.some((job) => states.get(job.id) !== job.state);
}

/** How long until the next look, or false to stop looking. */
export function pollInterval(jobs: Job[] | undefined, lastActiveMs: number, nowMs: number) {
  if (!jobs) return false;
  return jobs.some(isActive) || nowMs - lastActiveMs < SETTLE_MS ? POLL_MS : false;
}

export function useJobs(projectId: number) {
  const lastActiveMs = useRef(-Infinity);
  return useQuery({
    queryKey: keys.jobs(projectId),
    queryFn: () => fetchJobs(projectId),
    refetchInterval: ({ state }) => {
      if (state.data?.some(isActive)) lastActiveMs.current = Date.now();
      return pollInterval(state.data, lastActiveMs.current, Date.now());
    },
  });
}

/** Read the project's lists again when a job starts or ends; mounted once, by the project page. */
export function useJobWatch(projectId: number): void {
  const client = useQueryClient();
  const { data: jobs } = useJobs(projectId);
  const before = useRef<Job[] | null>(null);
  useEffect(() => {
    if (!jobs) return;
    if (before.current && hasMoved(before.current, jobs)) refreshProject(client, projectId);
    before.current = jobs;
  }, [client, jobs, projectId]);
}

/** Everything below the project's key is stale; the job list itself is polled apart. */
export function refreshProject(client: QueryClient, projectId: number): void {
  void client.invalidateQueries({ queryKey: keys.project(projectId) });
}

/** After asking for work: fetch the jobs now, which also starts the polling. */
export function refreshJobs(client: QueryClient, projectId: number): void {
  void client.invalidateQueries({ queryKey: keys.jobs(projectId) });
}
