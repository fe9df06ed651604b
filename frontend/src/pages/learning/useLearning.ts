/** What the pages of the learning loop read. */

import { useQuery } from "@tanstack/react-query";

import { get } from "../../api/client";
import { keys } from "../../api/keys";
import type { ClassHealth, Learning, Loop, ModelDiff } from "../../api/types";

export const useLearning = (projectId: number) =>
  useQuery({
    queryKey: keys.learning(projectId),
    queryFn: () => get<Learning>(`/api/projects/${projectId}/learning`),
  });

export const useClassHealth = (projectId: number) =>
  useQuery({
    queryKey: keys.classHealth(projectId),
    queryFn: () => get<ClassHealth[]>(`/api/projects/${projectId}/classes`),
  });

export const useLoop = (projectId: number) =>
  useQuery({
    queryKey: keys.loop(projectId),
    queryFn: () => get<Loop>(`/api/projects/${projectId}/loop`),
  });

/** What the model of one round says otherwise than that of another; both stay as they are. */
export const useDiff = (projectId: number, roundId: string, against: string) =>
  useQuery({
    queryKey: keys.diff(projectId, roundId, against),
    queryFn: () => get<ModelDiff>(`/api/rounds/${roundId}/diff?against=${against}`),
    enabled: against !== "",
    retry: false,
  });
