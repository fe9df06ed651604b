import { beforeEach, describe, expect, it } from "vitest";

import type { FileFormat } from "../../api/types";
import {
  AS_THE_FILE_SAYS,
  asked,
  importBody,
  isRate,
  likelyFirst,
  recall,
  remember,
} from "./importRequest";

const options = AS_THE_FILE_SAYS;

describe("importBody", () => {
  it("sends the files by their roles and how to read them", () => {
    const file = new File(["a,b"], "ava.csv");
    const labels = new File(["label {}"], "actions.pbtxt");
    const body = importBody({
      source: {
        files: [
          { file: labels, role: "labels" },
          { file, role: "file" },
        ],
      },
      options: { ...options, eighthColumn: "score", frameRate: " 30000/1001 " },
      mapping: { walking: "walk", blur: "" },
      mode: "dry-run",
    });
    expect((body.get("file") as File).name).toBe("ava.csv");
    expect((body.get("labels") as File).name).toBe("actions.pbtxt");
    expect(body.has("excluded")).toBe(false);
    expect(body.has("from_job")).toBe(false);
    expect(JSON.parse(body.get("mapping") as string)).toEqual({ walking: "walk", blur: "" });
    expect(body.get("eighth_column")).toBe("score");
    expect(body.get("frame_rate")).toBe("30000/1001");
    expect(body.get("skip_bad_rows")).toBe("false");
    expect(body.has("video_id")).toBe(false);
  });

  it("names the job that has the files instead of sending them twice", () => {
    const body = importBody({
      source: { jobId: "j1" },
      options: { ...options, videoId: "v1", link: true },
      mapping: {},
      mode: "merge",
      skipBadRows: true,
    });
    expect(body.get("from_job")).toBe("j1");
    expect(body.has("file")).toBe(false);
    expect([
      body.get("mode"),
      body.get("skip_bad_rows"),
      body.get("link"),
      body.get("video_id"),
    ]).toEqual(["merge", "true", "true", "v1"]);
  });
});

describe("what is asked", () => {
  it("asks about AVA's columns and links only where boxes may lack a person", () => {
    expect(asked("auto")).toEqual({ video: true, ava: true, link: true, frameRate: true });
    expect(asked("ava")).toEqual({ video: false, ava: true, link: true, frameRate: false });
    expect(asked("vatic")).toEqual({ video: true, ava: false, link: false, frameRate: true });
    expect(asked("mot").frameRate).toBe(true);
  });

  it("takes rates as numbers and fractions", () => {
    expect(["", "25", "29.97", "30000/1001"].every(isRate)).toBe(true);
    expect(["x", "25fps", "25/0", "-25", "1/2/3"].some(isRate)).toBe(false);
  });

  it("puts the formats first that read files by such a name", () => {
    const format = (name: string, accepts: string[], reads = true): FileFormat => ({
      name,
      title: name,
      reads,
      writes: true,
      holds: [],
      accepts,
    });
    const formats = [
      format("ava", [".csv"]),
      format("cvat", [".xml"]),
      format("tubelab", [".zip"]),
      format("x", [".xml"], false),
    ];
    expect(likelyFirst(formats, "Walk.XML").map(({ name }) => name)).toEqual(["cvat", "ava"]);
  });
});

describe("memory", () => {
  beforeEach(() => sessionStorage.clear());

  it("keeps what was asked for by the job", () => {
    remember("j1", { fileName: "a.csv", options: { ...options, link: true } });
    expect(recall("j1")).toEqual({ fileName: "a.csv", options: { ...options, link: true } });
    expect(recall("j2")).toBeNull();
  });

  it("forgets what cannot be read", () => {
    sessionStorage.setItem("tubelab.import.j1", "{");
    expect(recall("j1")).toBeNull();
  });
});
