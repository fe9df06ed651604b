/** What metrics and their figures are called. */

import type { Evaluation, Metric } from "../../api/types";
import { count, percent } from "../format";

interface MetricText {
  metric: Metric;
  title: string;
  about: string;
  /** What a file of predictions has to be. */
  file: string;
}

export const METRICS: MetricText[] = [
  {
    metric: "frame-map",
    title: "Frame mAP",
    about: "Boxes with an action, frame by frame, at IoU 0.5: what AVA reports.",
    file: "AVA CSV with a score in column 8, action ids as in an export",
  },
  {
    metric: "video-map",
    title: "Video mAP",
    about: "Whole tubes by their overlap in space and time: what UCF101-24 and JHMDB report.",
    file: "JSON of tubes as for UCF101-24: videos, classes, det_tubes",
  },
  {
    metric: "temporal-map",
    title: "Temporal mAP",
    about: "Segments of the video at tIoU 0.5 to 0.95: what ActivityNet reports.",
    file: "ActivityNet JSON with results",
  },
  {
    metric: "clips",
    title: "Actions of tubes",
    about: "Precision, recall and F1 per action, and which one is taken for which.",
    file: "CSV: video, number of the tube, action, score",
  },
];

export const metricTitle = (metric: string): string =>
  METRICS.find((each) => each.metric === metric)?.title ?? metric;

const NAMES: Record<string, string> = {
  mAP: "mAP",
  average_mAP: "Average mAP",
  accuracy: "Accuracy",
  top1: "Top-1",
  top5: "Top-5",
  n: "Examples",
};

const WORDS: Record<string, string> = { map: "mAP", ap: "AP", f1: "F1", iou: "IoU", tiou: "tIoU" };

/** "macro_f1" as "Macro F1", "mAP@0.5" as it is. */
export function figureName(key: string): string {
  if (NAMES[key]) return NAMES[key];
  const words = key.split(/[_\s]+/).map((word) => WORDS[word.toLowerCase()] ?? word);
  const text = words.join(" ");
  return text.startsWith("mAP") || text.startsWith("tIoU")
    ? text
    : text.charAt(0).toUpperCase() + text.slice(1);
}

const COUNTED =
  /^(n|num|count|support|classes|videos|frames|boxes|tubes|spans|segments|clips|examples|truths?|predictions|proposals)(_|$)/;

/** Shares as percentages, numbers of things as they are. */
export function figureValue(key: string, value: number | null): string {
  if (value === null || !Number.isFinite(value)) return "–";
  if (COUNTED.test(key) || Math.abs(value) > 1) {
    return Number.isInteger(value) ? count(value) : value.toFixed(2);
  }
  return percent(value);
}

/** The figure that a list shows for a whole evaluation. */
export function headline({ result }: Evaluation): { key: string; value: number | null } | null {
  const summary = result.summary ?? {};
  const keys = Object.keys(summary);
  const key = ["mAP", "average_mAP", "mean_AP", "macro_f1", "accuracy"].find(
    (name) => name in summary,
  );
  const chosen = key ?? keys[0];
  return chosen === undefined ? null : { key: chosen, value: summary[chosen] ?? null };
}

/** Where the predictions came from, and of which videos, in words. */
export function sourceText({ params }: Evaluation): string {
  const from =
    params["predictions"] === "file"
      ? typeof params["file_name"] === "string"
        ? params["file_name"]
        : "a file"
      : "what models proposed";
  const splits = Array.isArray(params["splits"]) ? (params["splits"] as string[]) : [];
  return splits.length > 0 ? `${from}, ${splits.join(", ")}` : from;
}
