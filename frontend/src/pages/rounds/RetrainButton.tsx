import { useMutation, useQueryClient } from "@tanstack/react-query";

import { post } from "../../api/client";
import { refreshJobs, refreshProject } from "../../api/jobs";
import type { Project, Round } from "../../api/types";
import { Button } from "../../ui/Button";
import { Icon } from "../../ui/Icon";
import { toastError } from "../../ui/Toast";

/** Starts a round: snapshot, train, measure, decide, propose again, rank again. */
export function RetrainButton({ project, running }: { project: Project; running: boolean }) {
  const client = useQueryClient();
  const retrain = useMutation({
    mutationFn: () => post<Round>(`/api/projects/${project.id}/rounds`),
    onSuccess: () => {
      refreshJobs(client, project.id);
      refreshProject(client, project.id);
    },
    onError: toastError,
  });
  return (
    <Button
      variant="primary"
      busy={retrain.isPending}
      disabled={running}
      title={running ? "A training is under way" : undefined}
      onClick={() => retrain.mutate()}
    >
      <Icon name="retry" />
      Retrain
    </Button>
  );
}
