import { describe, expect, it } from "vitest";

import type { Run } from "../api/types";
import { originDetails, origins, shortPercent } from "./Origin";

const run: Run = {
  id: "0",
  detector: "yolox_nano",
  detector_title: "YOLOX-nano (ONNX)",
  recognizer: "i3d",
  recognizer_title: "I3D (Inception-v1), RGB, round 3",
  model_id: null,
  model_name: "round 3",
  detail: { detector_sha256: "695e750a5d5754bb", recognizer_sha256: "", note: "It was slow." },
  created_at: "2026-01-02T03:04:05Z",
};

describe("who proposed something", () => {
  it("is said without what stands in brackets", () => {
    expect(origins(run)).toEqual(["YOLOX-nano", "I3D, RGB, round 3"]);
    expect(origins({ ...run, recognizer_title: "" })).toEqual(["YOLOX-nano"]);
  });

  it("is told in full, with the weights, when asked", () => {
    const lines = originDetails(run).split("\n");
    expect(lines.slice(1)).toEqual([
      "Detector: YOLOX-nano (ONNX) · weights 695e750a5d57",
      "Recognizer: I3D (Inception-v1), RGB, round 3",
      "It was slow.",
    ]);
  });

  it("comes with whole percent", () => {
    expect(shortPercent(0.866)).toBe("87 %");
  });
});
