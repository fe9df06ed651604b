/** What the quality page reads. A large project is checked in several answers: ask on until done. */

import { keepPreviousData, useQuery } from "@tanstack/react-query";

import { get } from "../../api/client";
import { keys } from "../../api/keys";
import type { Agreement, Guards, Replica, Suspicious } from "../../api/types";
import { suspiciousPath, type SuspiciousFilter } from "./qualityText";

const GO_ON_MS = 250;

interface Progress {
  videos_checked: number;
  videos_total: number;
}

const unfinished = (data: Progress | undefined) =>
  data && data.videos_checked < data.videos_total ? GO_ON_MS : false;

// Whoever comes back from mending a label looks for it to be gone: `staleTime` is 0 throughout.
export const useSuspicious = (projectId: number, filter: SuspiciousFilter) =>
  useQuery({
    queryKey: keys.suspicious(projectId, filter),
    queryFn: ({ signal }) => get<Suspicious>(suspiciousPath(projectId, filter), { signal }),
    placeholderData: keepPreviousData,
    refetchInterval: ({ state }) => unfinished(state.data),
    staleTime: 0,
  });

export const useAgreement = (projectId: number, enabled: boolean) =>
  useQuery({
    queryKey: keys.agreement(projectId),
    queryFn: ({ signal }) =>
      get<Agreement>(`/api/projects/${projectId}/quality/agreement`, { signal }),
    refetchInterval: ({ state }) => unfinished(state.data),
    staleTime: 0,
    enabled,
  });

export const useGuards = (projectId: number, enabled: boolean) =>
  useQuery({
    queryKey: keys.guards(projectId),
    queryFn: ({ signal }) => get<Guards>(`/api/projects/${projectId}/guards`, { signal }),
    staleTime: 0,
    enabled,
  });

export const useReplicas = (projectId: number, enabled: boolean) =>
  useQuery({
    queryKey: keys.replicas(projectId),
    queryFn: () => get<Replica[]>(`/api/projects/${projectId}/replicas`),
    enabled,
  });
