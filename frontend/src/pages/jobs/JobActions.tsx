import { useMutation, useQueryClient } from "@tanstack/react-query";

import { post } from "../../api/client";
import { isActive, refreshJobs } from "../../api/jobs";
import type { Job } from "../../api/types";
import { Button } from "../../ui/Button";
import { toastError } from "../../ui/Toast";
import { canResume } from "./jobText";

/** Cancel what is under way; resume what stopped. */
export function JobActions({ job }: { job: Job }) {
  const client = useQueryClient();
  const act = useMutation({
    mutationFn: (verb: "cancel" | "resume") => post(`/api/jobs/${job.id}/${verb}`),
    onSuccess: () => refreshJobs(client, job.project_id),
    onError: (error) => {
      refreshJobs(client, job.project_id);
      toastError(error);
    },
  });
  // It ends at its next step, which may be seconds away.
  const isStopping = act.isSuccess && act.variables === "cancel";
  if (isActive(job)) {
    return (
      <Button
        small
        busy={act.isPending}
        disabled={isStopping}
        onClick={() => act.mutate("cancel")}
      >
        {isStopping ? "Stopping…" : "Cancel"}
      </Button>
    );
  }
  if (!canResume(job)) return null;
  return (
    <Button small busy={act.isPending} onClick={() => act.mutate("resume")}>
      Resume
    </Button>
  );
}
