import { useMutation, useQueryClient } from "@tanstack/react-query";
import { useState } from "react";

import { post } from "../../api/client";
import { refreshJobs, refreshProject } from "../../api/jobs";
import { useFormats } from "../../api/queries";
import type { Export, Project } from "../../api/types";
import { Button } from "../../ui/Button";
import { Dialog } from "../../ui/Dialog";
import { ErrorNote, ErrorState, Loading } from "../../ui/states";
import { ExportFields } from "./ExportFields";
import { ExportPreviewPane } from "./ExportPreviewPane";
import { BACKUP, EVERYTHING_REVIEWED, exportBody, fault } from "./exportRequest";

/** Ask for a file: what of, in which format, and what it would hold. */
export function ExportDialog({ project, onClose }: { project: Project; onClose: () => void }) {
  const client = useQueryClient();
  const formats = useFormats();
  const [choice, setChoice] = useState(EVERYTHING_REVIEWED);
  const start = useMutation({
    mutationFn: () => post<Export>(`/api/projects/${project.id}/exports`, exportBody(choice)),
    onSuccess: () => {
      refreshJobs(client, project.id);
      refreshProject(client, project.id);
      onClose();
    },
  });
  const wrong = fault(choice);
  const writable = formats.data?.filter(({ writes, name }) => writes && name !== BACKUP);
  return (
    <Dialog
      wide
      title="Export"
      onClose={onClose}
      footer={
        <>
          <Button onClick={onClose}>Cancel</Button>
          <Button
            variant="primary"
            busy={start.isPending}
            disabled={!writable || wrong !== null}
            onClick={() => start.mutate()}
          >
            Export
          </Button>
        </>
      }
    >
      {formats.isPending ? (
        <Loading what="the formats" />
      ) : !writable ? (
        <ErrorState
          title="The formats could not be loaded"
          error={formats.error}
          onRetry={() => void formats.refetch()}
        />
      ) : (
        <div className="export-dialog">
          <div className="stack">
            <ExportFields
              project={project}
              formats={writable}
              choice={choice}
              onChange={(change) => setChoice({ ...choice, ...change })}
            />
            {wrong && (
              <p className="field-error" role="alert">
                {wrong}
              </p>
            )}
            <ErrorNote error={start.error} />
          </div>
          <ExportPreviewPane project={project} choice={choice} isValid={wrong === null} />
        </div>
      )}
    </Dialog>
  );
}
