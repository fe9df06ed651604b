import { useState } from "react";

import { isActive } from "../../api/jobs";
import type { Job, Project } from "../../api/types";
import { Button } from "../../ui/Button";
import { ErrorNote, Loading } from "../../ui/states";
import { bytes } from "../format";
import { JobProgress } from "../jobs/JobProgress";
import { jobError } from "../jobs/jobText";
import { FailedImport } from "./FailedImport";
import { FileDrop } from "./FileDrop";
import { ImportDone } from "./ImportDone";
import { withRole, type ChosenFile } from "./importFiles";
import { ImportHistory } from "./ImportHistory";
import { ImportPreview } from "./ImportPreview";
import { readReport } from "./importReport";
import { AS_THE_FILE_SAYS, isRate } from "./importRequest";
import { FormatField, ReadingFields } from "./ReadingFields";
import { useImport } from "./useImport";

/** Reads a file back in two steps: check what it would do, then do it. */
export function ImportPanel({ project }: { project: Project }) {
  const current = useImport(project.id);
  const { job, memory, start, close } = current;
  return (
    <section className="panel" aria-label="Import">
      <div className="panel-head">
        <h2 className="row grow">
          <span className="nowrap">Import</span>
          {job && <FileName job={job} name={memory?.fileName} />}
        </h2>
        {job && !isActive(job) && (
          <Button small onClick={close}>
            Choose another file
          </Button>
        )}
      </div>
      {current.isLoading ? (
        <Loading what="the import" />
      ) : job ? (
        <At project={project} job={job} current={current} />
      ) : (
        <>
          {current.error && (
            <div className="panel-body">
              <ErrorNote error={current.error} />
            </div>
          )}
          <ChooseFiles project={project} start={start} />
          <ImportHistory project={project} />
        </>
      )}
    </section>
  );
}

type Current = ReturnType<typeof useImport>;

function FileName({ job, name }: { job: Job; name: string | undefined }) {
  const { format } = readReport(job.result);
  const text = [name, format && format.toUpperCase()].filter(Boolean).join(" · ");
  return (
    <span className="ellipsis small muted" title={text}>
      {text}
    </span>
  );
}

interface AtProps {
  project: Project;
  job: Job;
  current: Current;
}

/** Under way, failed, checked or done: what the job of the address came to. */
function At({ project, job, current: { memory, start } }: AtProps) {
  if (isActive(job)) return <JobProgress job={job} />;
  const error = jobError(job);
  const again = { source: { jobId: job.id }, fileName: memory?.fileName ?? "" };
  if (error) {
    return (
      <FailedImport
        key={job.id}
        project={project}
        reason={error}
        asked={memory?.options ?? AS_THE_FILE_SAYS}
        fileName={again.fileName}
        busy={start.isPending}
        error={start.error}
        onCheck={(options) => start.mutate({ ...again, options, mapping: {}, mode: "dry-run" })}
      />
    );
  }
  const report = readReport(job.result);
  if (report.mode !== "dry-run")
    return <ImportDone key={job.id} project={project} report={report} />;
  const options = { ...(memory?.options ?? AS_THE_FILE_SAYS), format: report.format || "auto" };
  return (
    <ImportPreview
      key={job.id}
      project={project}
      jobId={job.id}
      report={report}
      asked={options}
      starting={start.isPending ? start.variables.mode : null}
      error={start.error}
      onStart={(order) => start.mutate({ ...order, ...again })}
    />
  );
}

function ChooseFiles({ project, start }: { project: Project; start: Current["start"] }) {
  const [files, setFiles] = useState<ChosenFile[]>([]);
  const [options, setOptions] = useState(AS_THE_FILE_SAYS);
  const change = (next: Partial<typeof options>) => setOptions({ ...options, ...next });
  const main = withRole(files, "file");
  const check = () =>
    start.mutate({
      source: { files },
      options,
      mapping: {},
      mode: "dry-run",
      fileName: main?.name ?? "",
    });
  return (
    <form
      className="panel-body stack"
      onSubmit={(event) => {
        event.preventDefault();
        check();
      }}
    >
      <div className="import-choose">
        <FileDrop
          chosen={files}
          disabled={start.isPending}
          onChange={(next) => {
            setFiles(next);
            start.reset();
          }}
        />
        <FormatField
          options={options}
          fileName={main?.name ?? ""}
          disabled={start.isPending}
          onChange={change}
        />
      </div>
      <details className="more">
        <summary>How to read the file</summary>
        <ReadingFields
          format={options.format}
          project={project}
          options={options}
          disabled={start.isPending}
          onChange={change}
        />
      </details>
      <ErrorNote error={start.error} />
      <div className="row">
        <Button
          type="submit"
          variant="primary"
          disabled={!main || !isRate(options.frameRate)}
          busy={start.isPending}
        >
          Check the file
        </Button>
        <span className="small muted">
          {start.isPending
            ? `Sending ${bytes(files.reduce((sum, { file }) => sum + file.size, 0))}…`
            : "Nothing is changed by checking."}
        </span>
      </div>
    </form>
  );
}
