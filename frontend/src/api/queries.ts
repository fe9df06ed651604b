/** What the pages read. Each hook is one GET, kept and shared by react-query. */

import { keepPreviousData, useQuery } from "@tanstack/react-query";

import { get, post, rememberCsrfToken } from "./client";
import { keys } from "./keys";
import type {
  Card,
  Detector,
  Evaluation,
  Export,
  ExportPreview,
  ExportRequest,
  FileFormat,
  Job,
  Member,
  MetricOffer,
  Models,
  Project,
  Queue,
  QueueAgreement,
  Recognizer,
  Round,
  Run,
  Session,
  TrainChoices,
  Video,
} from "./types";

const ROUND_POLL_MS = 2000;
// Others take items meanwhile.
const QUEUE_POLL_MS = 15_000;

export async function fetchSession(): Promise<Session> {
  const session = await get<Session>("/api/session");
  rememberCsrfToken(session.csrf_token);
  return session;
}

export const fetchJobs = (projectId: number) => get<Job[]>(`/api/jobs?project=${projectId}`);

/** A job with all of its result; the list of jobs has only the plain figures of it. */
export const useJob = (jobId: string, state: string, enabled: boolean) =>
  useQuery({
    queryKey: keys.job(jobId, state),
    queryFn: () => get<Job>(`/api/jobs/${jobId}`),
    staleTime: Infinity,
    enabled,
  });

export const useSession = () =>
  useQuery({ queryKey: keys.session, queryFn: fetchSession, staleTime: 60_000 });

export const useProjects = () =>
  useQuery({ queryKey: keys.projects, queryFn: () => get<Project[]>("/api/projects") });

export const useProject = (id: number) =>
  useQuery({ queryKey: keys.project(id), queryFn: () => get<Project>(`/api/projects/${id}`) });

export const useMembers = (id: number) =>
  useQuery({
    queryKey: keys.members(id),
    queryFn: () => get<Member[]>(`/api/projects/${id}/members`),
  });

export const useVideos = (id: number) =>
  useQuery({
    queryKey: keys.videos(id),
    queryFn: () => get<Video[]>(`/api/projects/${id}/videos`),
  });

export const useVideo = (id: string) =>
  useQuery({ queryKey: keys.video(id), queryFn: () => get<Video>(`/api/videos/${id}`) });

export const useDetectors = (id: number) =>
  useQuery({
    queryKey: keys.detectors(id),
    queryFn: () => get<Detector[]>(`/api/projects/${id}/detectors`),
  });

export const useModels = (id: number) =>
  useQuery({
    queryKey: keys.models(id),
    queryFn: () => get<Models>(`/api/projects/${id}/models`),
  });

export const useRecognizers = (id: number) =>
  useQuery({
    queryKey: keys.recognizers(id),
    queryFn: () => get<Recognizer[]>(`/api/projects/${id}/recognizers`),
  });

export const useRuns = (videoId: string) =>
  useQuery({
    queryKey: keys.runs(videoId),
    queryFn: () => get<Run[]>(`/api/videos/${videoId}/runs`),
    staleTime: 60_000,
  });

export const useRounds = (id: number) =>
  useQuery({
    queryKey: keys.rounds(id),
    queryFn: () => get<Round[]>(`/api/projects/${id}/rounds`),
  });

export const useRound = (projectId: number, roundId: string) =>
  useQuery({
    queryKey: keys.round(projectId, roundId),
    queryFn: () => get<Round>(`/api/rounds/${roundId}`),
    // Its curves grow while it runs.
    refetchInterval: ({ state }) =>
      state.data?.state === "queued" || state.data?.state === "running" ? ROUND_POLL_MS : false,
  });

export const useTrainChoices = (id: number) =>
  useQuery({
    queryKey: keys.trainChoices(id),
    queryFn: () => get<TrainChoices>(`/api/projects/${id}/recipes`),
  });

/** The card of a model; none for a round without a model, or one trained before there were cards. */
export const useCard = (projectId: number, modelId: string | undefined) =>
  useQuery({
    queryKey: keys.card(projectId, modelId ?? ""),
    queryFn: () => get<Card>(`/api/models/${modelId}/card`),
    enabled: !!modelId,
    retry: false,
  });

/** A page of the queue; `search` is its filters as an address says them, see filtersText. */
export const useQueue = (id: number, search = "") =>
  useQuery({
    queryKey: keys.queuePage(id, search),
    queryFn: () => get<Queue>(`/api/projects/${id}/queue${search}`),
    placeholderData: keepPreviousData,
    refetchInterval: QUEUE_POLL_MS,
  });

export const useQueueAgreement = (id: number) =>
  useQuery({
    queryKey: keys.queueAgreement(id),
    queryFn: () => get<QueueAgreement>(`/api/projects/${id}/queue/agreement`),
  });

export const useExports = (id: number) =>
  useQuery({
    queryKey: keys.exports(id),
    queryFn: () => get<Export[]>(`/api/projects/${id}/exports`),
  });

/** What the request would hold; the last answer stays until the next one is there. */
export const useExportPreview = (id: number, request: ExportRequest, enabled: boolean) =>
  useQuery({
    queryKey: keys.exportPreview(id, request),
    queryFn: ({ signal }) =>
      post<ExportPreview>(`/api/projects/${id}/exports/preview`, request, { signal }),
    placeholderData: keepPreviousData,
    enabled,
    retry: false,
  });

export const useFormats = () =>
  useQuery({
    queryKey: keys.formats,
    queryFn: () => get<FileFormat[]>("/api/formats"),
    staleTime: Infinity,
  });

export const useMetrics = () =>
  useQuery({
    queryKey: keys.metrics,
    queryFn: () => get<MetricOffer[]>("/api/metrics"),
    staleTime: Infinity,
  });

const isUnderWay = ({ state }: Evaluation): boolean => state === "queued" || state === "running";

// Not only when a job's end is seen: the first answer may be on its way at that very moment.
const WATCH_MS = 2000;

export const useEvaluations = (id: number) =>
  useQuery({
    queryKey: keys.evaluations(id),
    queryFn: () => get<Evaluation[]>(`/api/projects/${id}/evaluations`),
    refetchInterval: ({ state }) => (state.data?.some(isUnderWay) ? WATCH_MS : false),
  });

export const useEvaluation = (projectId: number, evaluationId: string) =>
  useQuery({
    queryKey: keys.evaluation(projectId, evaluationId),
    queryFn: () => get<Evaluation>(`/api/evaluations/${evaluationId}`),
    refetchInterval: ({ state }) => (state.data && isUnderWay(state.data) ? WATCH_MS : false),
  });
