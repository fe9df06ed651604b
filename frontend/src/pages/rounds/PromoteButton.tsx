import { useMutation, useQueryClient } from "@tanstack/react-query";
import { useState } from "react";

import { post } from "../../api/client";
import { refreshJobs, refreshProject } from "../../api/jobs";
import type { Project, Round } from "../../api/types";
import { Button } from "../../ui/Button";
import { ConfirmDialog } from "../../ui/Dialog";
import { toast } from "../../ui/Toast";

/** Puts this round's model to use, whatever the figures said: forward, or back to an older one. */
export function PromoteButton({ project, round }: { project: Project; round: Round }) {
  const client = useQueryClient();
  const [asking, setAsking] = useState(false);
  const older = round.model?.status === "retired";
  const action = older ? "Roll back to this model" : "Use this model";
  const promote = useMutation({
    mutationFn: () => post(`/api/rounds/${round.id}/promote`),
    onSuccess: () => {
      toast(`The model of round ${round.number} is in use now.`);
      refreshProject(client, project.id);
      refreshJobs(client, project.id);
      setAsking(false);
    },
  });
  return (
    <>
      <Button onClick={() => setAsking(true)}>{action}</Button>
      {asking && (
        <ConfirmDialog
          title={`${action}?`}
          action={action}
          variant="primary"
          busy={promote.isPending}
          error={promote.error}
          onConfirm={() => promote.mutate()}
          onClose={() => setAsking(false)}
        >
          The model of round {round.number} takes the place of the one in use, proposes again on
          what is not reviewed, and the queue is ranked anew. What people confirmed stays as it is.
        </ConfirmDialog>
      )}
    </>
  );
}
