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
  const action = older ? "Go back to this model" : "Use this model";
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
          <span className="stack stack-tight">
            <span>
              {older
                ? `The model of round ${round.number} was in use before and is again; the one in use now is kept and can come back.`
                : `The model of round ${round.number} takes the place of the one in use, if there is one; that is kept and can come back.`}
            </span>
            <span>
              Proposals on tubes that nobody has reviewed or opened are made again by it, and the
              queue is ranked anew. Nothing that was reviewed changes.
            </span>
          </span>
        </ConfirmDialog>
      )}
    </>
  );
}
