import { useQueryClient } from "@tanstack/react-query";
import { useEffect } from "react";

import { keys } from "../api/keys";
import { useRuns } from "../api/queries";
import type { Run } from "../api/types";
import type { EditorModel } from "../editor/model";

interface Proposed {
  state: string;
  score: number | null;
  run_id: string | null;
}

/** The run something was proposed by; what a later run proposed is asked for when it is seen. */
function useRun(model: EditorModel, runId: string | null): Run | undefined {
  const client = useQueryClient();
  const { data } = useRuns(model.video.id);
  const run = data?.find(({ id }) => id === runId);
  const isUnknown = runId !== null && data !== undefined && run === undefined;
  useEffect(() => {
    if (isUnknown) void client.invalidateQueries({ queryKey: keys.runs(model.video.id) });
  }, [client, isUnknown, model.video.id, runId]);
  return run;
}

/** 0..1 as whole percent. */
export const shortPercent = (score: number): string => `${Math.round(100 * score)} %`;

/** A title without what stands in brackets: "YOLOX-nano (ONNX)" is "YOLOX-nano". */
export const shortTitle = (title: string): string => title.replace(/ \([^)]*\)/g, "");

/** "YOLOX-nano · I3D, round 3": who proposed it, as far as that is known. */
export function origins(run: Run): string[] {
  return [run.detector_title, run.recognizer_title].filter(Boolean).map(shortTitle);
}

/** All that is known of a run, a line each. */
export function originDetails(run: Run): string {
  const hash = (name: string): string => {
    const value = run.detail[name];
    return typeof value === "string" && value ? ` · weights ${value.slice(0, 12)}` : "";
  };
  const note = run.detail["note"];
  return [
    `Proposed ${new Date(run.created_at).toLocaleString()}`,
    run.detector_title && `Detector: ${run.detector_title}${hash("detector_sha256")}`,
    run.recognizer_title && `Recognizer: ${run.recognizer_title}${hash("recognizer_sha256")}`,
    typeof note === "string" && note,
  ]
    .filter(Boolean)
    .join("\n");
}

/** How sure a proposal is and, unless `scoreOnly`, which models it is from. */
export function Origin({
  model,
  of,
  scoreOnly,
}: {
  model: EditorModel;
  of: Proposed;
  scoreOnly?: boolean;
}) {
  const run = useRun(model, of.run_id);
  const parts = [
    ...(of.score === null ? [] : [shortPercent(of.score)]),
    ...(run && !scoreOnly ? origins(run) : []),
  ];
  if (parts.length === 0) return null;
  return (
    <span className="muted small number origin" title={run && originDetails(run)}>
      {parts.join(" · ")}
    </span>
  );
}
