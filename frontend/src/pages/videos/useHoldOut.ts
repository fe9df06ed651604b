import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";

import { get, patch, post } from "../../api/client";
import { refreshProject } from "../../api/jobs";
import { keys } from "../../api/keys";
import type { HoldOut, Project } from "../../api/types";
import { toastError } from "../../ui/Toast";

export interface DrawRequest {
  share: number;
  seed?: number;
}

export const useHoldOut = (projectId: number) =>
  useQuery({
    queryKey: keys.holdOut(projectId),
    queryFn: () => get<HoldOut>(`/api/projects/${projectId}/hold-out`),
  });

/** Draws videos; `onDrawn` is told what is held out then. */
export function useDraw(projectId: number, onDrawn: (now: HoldOut) => void) {
  const client = useQueryClient();
  return useMutation({
    mutationFn: (wish: DrawRequest) => post<HoldOut>(`/api/projects/${projectId}/hold-out`, wish),
    onSuccess: onDrawn,
    onSettled: () => refreshProject(client, projectId),
  });
}

/** Hides proposals on hold-out videos, or shows them. */
export function useBlindness(projectId: number) {
  const client = useQueryClient();
  return useMutation({
    mutationFn: (hold_out_blind: boolean) =>
      patch<Project>(`/api/projects/${projectId}`, { settings: { hold_out_blind } }),
    onSettled: () => refreshProject(client, projectId),
    onError: toastError,
  });
}
