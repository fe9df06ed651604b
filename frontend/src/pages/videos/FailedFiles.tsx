import { useState } from "react";

import type { Job } from "../../api/types";
import { Button } from "../../ui/Button";
import { Icon } from "../../ui/Icon";
import { ago } from "../format";
import { jobError } from "../jobs/jobText";

const STORE = "tubelab.dismissed-jobs";
const KEPT = 200;

function readDismissed(): string[] {
  try {
    return JSON.parse(localStorage.getItem(STORE) ?? "[]") as string[];
  } catch {
    return [];
  }
}

/** Files that could not be taken in, each with the reason, until dismissed in this browser. */
export function FailedFiles({ jobs }: { jobs: Job[] }) {
  const [dismissed, setDismissed] = useState(readDismissed);
  const failed = jobs.filter(
    (job) => job.kind === "ingest" && job.state === "failed" && !dismissed.includes(job.id),
  );
  const dismiss = (id: string) => {
    const next = [...dismissed, id].slice(-KEPT);
    localStorage.setItem(STORE, JSON.stringify(next));
    setDismissed(next);
  };
  return failed.map((job) => (
    <div key={job.id} className="notice notice-bad" role="alert">
      <div className="grow">
        <strong>Not taken in: {job.video_name ?? "a file"}</strong>{" "}
        <span className="small muted">{ago(job.created_at)}</span>
        <p>{jobError(job)?.message}</p>
      </div>
      <Button
        variant="ghost"
        small
        iconOnly
        aria-label={`Dismiss ${job.video_name ?? "this"}`}
        onClick={() => dismiss(job.id)}
      >
        <Icon name="close" />
      </Button>
    </div>
  ));
}
