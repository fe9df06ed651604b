/** A file from being sent to being added: which job it is at, and how the next one starts. */

import { useMutation, useQueryClient } from "@tanstack/react-query";
import { useState } from "react";

import { del, patch, post } from "../../api/client";
import { isActive, refreshJobs, refreshProject, useJobs } from "../../api/jobs";
import { useJob } from "../../api/queries";
import type { FileJob } from "../../api/types";

export interface Said {
  net: string;
  labels: string;
  name: string;
  licence: string;
  inflate: string;
  body: boolean;
}

export const NOTHING_SAID: Said = {
  net: "",
  labels: "",
  name: "",
  licence: "",
  inflate: "",
  body: false,
};

interface Send {
  file: File;
  labels: File | null;
  said: Said;
}

/** What is said of a file that was sent, with a list of its labels or none. */
interface Again extends Said {
  confirm: boolean;
  labelsFile: File | null;
}

export function useFile(projectId: number) {
  const client = useQueryClient();
  const [at, setAt] = useState<FileJob | null>(null);
  const { data: jobs } = useJobs(projectId);
  const base = `/api/projects/${projectId}/models/files`;
  const begun = (job: FileJob) => {
    setAt(job);
    refreshJobs(client, projectId);
  };
  const send = useMutation({
    mutationFn: ({ file, labels, said }: Send) => post<FileJob>(base, sendBody(file, labels, said)),
    onSuccess: begun,
  });
  const again = useMutation({
    mutationFn: async ({ labelsFile, ...body }: Again) =>
      patch<FileJob>(`${base}/${at!.file_id}`, {
        ...body,
        labels_text: (await labelsFile?.text()) ?? "",
        labels_name: labelsFile?.name ?? "",
      }),
    onSuccess: begun,
  });
  const listed = jobs?.find(({ id }) => id === at?.job_id);
  const running = !!at && (!listed || isActive(listed));
  const whole = useJob(at?.job_id ?? "", listed?.state ?? "", !!at && !running);
  const close = () => {
    if (at) void del(`${base}/${at.file_id}`).catch(() => undefined);
    setAt(null);
    send.reset();
    again.reset();
    refreshProject(client, projectId);
  };
  return { at, job: running ? (listed ?? null) : (whole.data ?? null), running, send, again, close };
}

function sendBody(file: File, labels: File | null, said: Said): FormData {
  const form = new FormData();
  form.append("file", file);
  if (labels) form.append("labels_file", labels);
  for (const [name, value] of Object.entries(said)) form.append(name, String(value));
  return form;
}
