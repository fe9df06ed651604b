import type { Job } from "../../api/types";
import { Name } from "../../ui/Name";
import { Progress } from "../../ui/Progress";
import { JobActions } from "./JobActions";
import { jobNote, jobTitle } from "./jobText";

/** A running job on one line: what, how far, and a way to stop it. */
export function JobProgress({ job }: { job: Job }) {
  const waiting = job.state === "queued";
  const note = jobNote(job);
  return (
    <div className="job-line">
      <div className="grow stack stack-tight">
        <div className="row spread">
          <Name text={jobTitle(job)} />
          <span className="small muted number">
            {waiting ? "" : `${Math.round(job.progress * 100)} %`}
          </span>
        </div>
        <Progress value={waiting ? null : job.progress} label={jobTitle(job)} />
        {note && <Name className="small muted" text={note} />}
      </div>
      <JobActions job={job} />
    </div>
  );
}
