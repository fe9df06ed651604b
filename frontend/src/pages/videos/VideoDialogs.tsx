import { useMutation, useQueryClient } from "@tanstack/react-query";
import { useState, type FormEvent } from "react";

import { del, patch } from "../../api/client";
import { refreshProject } from "../../api/jobs";
import type { Video } from "../../api/types";
import { Button } from "../../ui/Button";
import { ConfirmDialog, Dialog } from "../../ui/Dialog";
import { TextField } from "../../ui/Field";
import { ErrorNote } from "../../ui/states";
import { plural } from "../format";

interface Props {
  video: Video;
  onClose: () => void;
}

/** The name, and under which id and second the video appears in exported files. */
export function EditVideoDialog({ video, onClose }: Props) {
  const client = useQueryClient();
  const [name, setName] = useState(video.name);
  const [externalId, setExternalId] = useState(video.external_id);
  const [startS, setStartS] = useState(String(video.start_s));
  const save = useMutation({
    mutationFn: () =>
      patch(`/api/videos/${video.id}`, {
        name: name.trim(),
        external_id: externalId.trim(),
        start_s: Number(startS),
      }),
    onSuccess: () => {
      refreshProject(client, video.project_id);
      onClose();
    },
  });
  const submit = (event: FormEvent) => {
    event.preventDefault();
    save.mutate();
  };
  return (
    <Dialog title="Video details" onClose={onClose}>
      <form className="stack" onSubmit={submit}>
        <TextField
          label="Name"
          required
          value={name}
          onChange={(event) => setName(event.target.value)}
        />
        <TextField
          label="External id"
          value={externalId}
          hint="The video's name in exported and imported AVA files."
          onChange={(event) => setExternalId(event.target.value)}
        />
        <TextField
          label="Start second"
          type="number"
          step="any"
          required
          value={startS}
          hint="The time of the first frame in those files; clips cut from AVA films start at 900."
          onChange={(event) => setStartS(event.target.value)}
        />
        <ErrorNote error={save.error} />
        <div className="row dialog-actions">
          <Button onClick={onClose}>Cancel</Button>
          <Button
            type="submit"
            variant="primary"
            busy={save.isPending}
            disabled={name.trim() === "" || startS === ""}
          >
            Save
          </Button>
        </div>
      </form>
    </Dialog>
  );
}

export function DeleteVideoDialog({ video, onClose }: Props) {
  const client = useQueryClient();
  const remove = useMutation({
    mutationFn: () => del(`/api/videos/${video.id}`),
    onSuccess: () => {
      refreshProject(client, video.project_id);
      onClose();
    },
  });
  return (
    <ConfirmDialog
      title={`Delete ${video.name}?`}
      action="Delete video"
      busy={remove.isPending}
      error={remove.error}
      onConfirm={() => remove.mutate()}
      onClose={onClose}
    >
      The file and its {plural(video.counts.tubes, "tube")} are deleted, {video.counts.confirmed} of
      them confirmed by a person. This cannot be undone.
    </ConfirmDialog>
  );
}
