import { describe, expect, it } from "vitest";

import type { Job } from "../../api/types";
import type { UploadItem } from "./uploadState";
import { uploadView } from "./uploadView";

const item = (rest: Partial<UploadItem>): UploadItem => ({
  key: "a",
  projectId: 1,
  name: "walk.mp4",
  size: 200,
  sent: 50,
  state: "sending",
  error: null,
  jobId: null,
  videoId: null,
  ...rest,
});

const ingest = (rest: Partial<Job>): Job => ({
  id: "job-1",
  kind: "ingest",
  project_id: 1,
  video_id: null,
  video_name: "walk.mp4",
  state: "running",
  progress: 0.25,
  message: "",
  error: null,
  result: null,
  created_at: "2024-05-01T10:00:00Z",
  started_at: null,
  finished_at: null,
  ...rest,
});

describe("uploadView", () => {
  it("shows how much was sent", () => {
    expect(uploadView(item({}), [])).toMatchObject({ status: "sending", progress: 0.25 });
  });

  it("follows the job once all bytes have arrived", () => {
    const sent = item({ state: "sent", jobId: "job-1" });
    expect(uploadView(sent, [])).toMatchObject({ progress: null, settled: false });
    expect(uploadView(sent, [ingest({ progress: 0.6 })])).toMatchObject({
      status: "reading",
      progress: 0.6,
    });
    expect(uploadView(sent, [ingest({ state: "done" })])).toMatchObject({
      status: "ready",
      settled: true,
    });
  });

  it("gives the server's reason when the file cannot be read", () => {
    const error = { code: "no_video_stream", message: "walk.mp4 has only sound.", detail: null };
    const view = uploadView(item({ state: "sent", jobId: "job-1" }), [
      ingest({ state: "failed", error }),
    ]);
    expect(view).toMatchObject({ tone: "bad", note: "walk.mp4 has only sound.", settled: true });
  });

  it("says that the file is already there, whether the upload or the job found out", () => {
    const known = uploadView(item({ state: "duplicate", videoId: "v" }), []);
    const found = uploadView(item({ state: "sent", jobId: "job-1" }), [
      ingest({ state: "done", video_id: "v", result: { duplicate: true } }),
    ]);
    for (const view of [known, found]) {
      expect(view).toMatchObject({ status: "already here", videoId: "v", settled: true });
    }
  });
});
