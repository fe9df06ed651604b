import { useMutation, useQueryClient } from "@tanstack/react-query";

import { ApiError, post } from "../../api/client";
import { refreshProject } from "../../api/jobs";
import type { ImportReport, Project } from "../../api/types";
import { Button, ButtonLink } from "../../ui/Button";
import { Icon } from "../../ui/Icon";
import { ErrorNote, errorMessage } from "../../ui/states";
import { plural } from "../format";
import { projectPath } from "../paths";
import { Assumptions, Conflicts, CountsTable, ErrorTable, VideoBreakdown } from "./ReportParts";

interface Props {
  project: Project;
  report: ImportReport;
}

/** What an import did, and the way back. */
export function ImportDone({ project, report }: Props) {
  const client = useQueryClient();
  const undo = useMutation({
    mutationFn: () =>
      post<{ revision: number }>(`/api/projects/${project.id}/revisions/${report.revision}/undo`),
    onSuccess: () => refreshProject(client, project.id),
  });
  return (
    <div className="panel-body import-report">
      <h3>{heading(report)}</h3>
      <CountsTable report={report} />
      {undo.isSuccess ? (
        <p className="notice notice-accent" role="status">
          Undone by revision {undo.data.revision}: tubes, actions and segments are as they were
          before the import.
          {report.created_labels.length > 0 && " The labels that it made stay."}
        </p>
      ) : (
        <div className="row row-wrap">
          <ButtonLink href={projectPath(project.id)}>Look at the videos</ButtonLink>
          {report.revision !== null && (
            <Button busy={undo.isPending} onClick={() => undo.mutate()}>
              <Icon name="undo" />
              Undo the import
            </Button>
          )}
          <span className="small muted">
            {report.revision === null
              ? "There was nothing to change."
              : "Undoing takes all of it back, in every video."}
          </span>
        </div>
      )}
      <UndoError error={undo.error} />
      <ErrorTable report={report} />
      <Conflicts report={report} />
      <VideoBreakdown report={report} />
      <Assumptions lines={report.assumptions} />
    </div>
  );
}

/** Work that was done on top of the import stands in the way, and is not thrown away for it. */
function UndoError({ error }: { error: unknown }) {
  if (!(error instanceof ApiError && error.status === 409)) return <ErrorNote error={error} />;
  return (
    <div className="notice notice-warn" role="alert">
      <div>
        <p className="strong">The import was not undone, because people worked on it since.</p>
        <p className="small">{errorMessage(error)}</p>
      </div>
    </div>
  );
}

function heading({ mode, revision, error_count: wrong }: ImportReport): string {
  const verb = mode === "replace" ? "Replaced" : "Merged";
  const as = revision === null ? "" : ` as revision ${revision}`;
  return wrong > 0 ? `${verb}${as}, without ${plural(wrong, "row")}` : `${verb}${as}`;
}
