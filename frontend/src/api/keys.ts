/** The names under which answers are kept; everything of a project hangs below its own key. */
export const keys = {
  session: ["session"] as const,
  projects: ["projects"] as const,
  project: (id: number) => ["project", id] as const,
  members: (id: number) => ["project", id, "members"] as const,
  videos: (id: number) => ["project", id, "videos"] as const,
  video: (id: string) => ["video", id] as const,
  detectors: (id: number) => ["project", id, "detectors"] as const,
  jobs: (id: number) => ["jobs", id] as const,
  job: (jobId: string, state: string) => ["job", jobId, state] as const,
  models: (id: number) => ["project", id, "models"] as const,
  rounds: (id: number) => ["project", id, "rounds"] as const,
  round: (id: number, roundId: string) => ["project", id, "rounds", roundId] as const,
  trainChoices: (id: number) => ["project", id, "recipes"] as const,
  card: (id: number, modelId: string) => ["project", id, "card", modelId] as const,
  queue: (id: number) => ["project", id, "queue"] as const,
  exports: (id: number) => ["project", id, "exports"] as const,
  exportPreview: (id: number, request: unknown) =>
    ["project", id, "exports", "preview", request] as const,
  formats: ["formats"] as const,
  metrics: ["metrics"] as const,
  suspicious: (id: number, query: unknown) => ["project", id, "suspicious", query] as const,
  agreement: (id: number) => ["project", id, "agreement"] as const,
  replicas: (id: number) => ["project", id, "replicas"] as const,
  evaluations: (id: number) => ["project", id, "evaluations"] as const,
  evaluation: (id: number, evaluationId: string) =>
    ["project", id, "evaluations", evaluationId] as const,
};
