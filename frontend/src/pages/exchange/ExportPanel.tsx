import { useMutation, useQueryClient } from "@tanstack/react-query";
import { useState } from "react";

import { post } from "../../api/client";
import { refreshJobs, refreshProject } from "../../api/jobs";
import type { Export, Project } from "../../api/types";
import { Button } from "../../ui/Button";
import { Icon } from "../../ui/Icon";
import { toast, toastError } from "../../ui/Toast";
import { canAnnotate, canManage } from "../roles";
import { ExportDialog } from "./ExportDialog";
import { ExportList } from "./ExportList";
import { BACKUP } from "./exportRequest";

/** The files made of this project, and the way to make more. */
export function ExportPanel({ project }: { project: Project }) {
  const [asking, setAsking] = useState(false);
  return (
    <section className="panel" aria-label="Exports">
      <div className="panel-head">
        <h2>Exports</h2>
        <div className="row">
          {canManage(project.role) && <BackupButton project={project} />}
          {canAnnotate(project.role) && (
            <Button variant="primary" onClick={() => setAsking(true)}>
              <Icon name="download" />
              Export…
            </Button>
          )}
        </div>
      </div>
      <ExportList project={project} />
      {asking && <ExportDialog project={project} onClose={() => setAsking(false)} />}
    </section>
  );
}

/** Everything of the project but the video files, in one archive to restore from. */
function BackupButton({ project }: { project: Project }) {
  const client = useQueryClient();
  const backup = useMutation({
    mutationFn: () =>
      post<Export>(`/api/projects/${project.id}/exports`, { format: BACKUP, state: "all" }),
    onSuccess: () => {
      refreshJobs(client, project.id);
      refreshProject(client, project.id);
      toast("The backup is being made; it will be in the list.");
    },
    onError: toastError,
  });
  return (
    <Button
      busy={backup.isPending}
      title="Labels, tubes, history and members of the project, to restore from"
      onClick={() => backup.mutate()}
    >
      Back up
    </Button>
  );
}
