/** The curves of a training as lines to draw. */

import type { Epoch } from "../../api/types";

export interface Line {
  name: string;
  /** (epoch, value), in order, without epochs that have no value. */
  points: [number, number][];
}

type Key = "loss" | "val_loss" | "val_f1" | "lr";
const NAMES: Record<Key, string> = {
  loss: "trained on",
  val_loss: "kept apart",
  val_f1: "macro F1",
  lr: "rate",
};

/** A line for each key that has values. */
export function linesOf(epochs: Epoch[], keys: Key[]): Line[] {
  return keys
    .map((key) => ({
      name: NAMES[key],
      points: epochs
        .filter((epoch) => epoch[key] !== null)
        .map((epoch): [number, number] => [epoch.epoch, epoch[key]!]),
    }))
    .filter(({ points }) => points.length > 0);
}

/** Where the axis ends: above the largest value, but one wild epoch does not flatten the rest. */
export function topOf(values: number[]): number {
  const sorted = [...values].sort((a, b) => a - b);
  const middle = sorted[Math.floor((sorted.length - 1) / 2)]!;
  return Math.min(sorted[sorted.length - 1]! * 1.05, Math.max(middle * 4, 1e-12));
}

export function pathOf(
  points: [number, number][],
  x: (epoch: number) => number,
  y: (value: number) => number,
): string {
  return points
    .map(([epoch, value], i) => `${i === 0 ? "M" : "L"}${x(epoch).toFixed(1)} ${y(value).toFixed(1)}`)
    .join("");
}
