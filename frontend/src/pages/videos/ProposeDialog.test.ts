import { describe, expect, it } from "vitest";

import type { Detector } from "../../api/types";
import { preferred } from "./ProposeDialog";

const detector = (name: string, available: boolean, isDefault = false): Detector => ({
  name,
  title: name,
  available,
  reason: available ? "" : "The weights are missing.",
  default: isDefault,
  speed_note: "",
});

describe("preferred", () => {
  const hog = detector("hog", true, true);
  const rcnn = detector("faster_rcnn", false);

  it("takes the project's own where it can run", () => {
    const onnx = detector("onnx", true);
    expect(preferred([hog, onnx], "onnx")).toBe("onnx");
  });

  it("goes on with what can run where the project's cannot", () => {
    expect(preferred([rcnn, hog], "faster_rcnn")).toBe("hog");
    expect(preferred([rcnn, detector("hog", true)], undefined)).toBe("hog");
  });

  it("chooses none where none can run", () => {
    expect(preferred([rcnn], "faster_rcnn")).toBeUndefined();
  });
});
