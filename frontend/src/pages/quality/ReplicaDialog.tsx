import { useMutation, useQueryClient } from "@tanstack/react-query";
import { useState, type FormEvent } from "react";
import { useLocation } from "wouter";

import { post } from "../../api/client";
import { keys } from "../../api/keys";
import { useProjects, useVideos } from "../../api/queries";
import type { Project, Replica, Video } from "../../api/types";
import { Button } from "../../ui/Button";
import { Dialog } from "../../ui/Dialog";
import { TextField } from "../../ui/Field";
import { ErrorNote } from "../../ui/states";
import { toast } from "../../ui/Toast";
import { Checklist } from "../exchange/Checklist";
import { plural } from "../format";
import { projectPath } from "../paths";
import { replicaName } from "./qualityText";

interface Props {
  project: Project;
  onClose: () => void;
}

/** Makes a replica, then leads to its members: somebody has to label it. */
export function ReplicaDialog({ project, onClose }: Props) {
  const client = useQueryClient();
  const [, navigate] = useLocation();
  const projects = useProjects();
  const videos = useVideos(project.id);
  const [typed, setTyped] = useState<string | null>(null);
  const [chosen, setChosen] = useState<string[]>([]);
  const ready = (videos.data ?? []).filter((video) => video.state === "ready");
  const ids = chosen.length > 0 ? chosen : ready.map((video) => video.id);
  const taken = (projects.data ?? []).map((known) => known.name);
  const name = typed ?? replicaName(project.name, taken);
  const make = useMutation({
    mutationFn: () =>
      post<Replica>(`/api/projects/${project.id}/replicas`, { name: name.trim(), video_ids: ids }),
    onSuccess: (replica) => {
      void client.invalidateQueries({ queryKey: keys.projects });
      void client.invalidateQueries({ queryKey: keys.project(project.id) });
      toast(`Made “${replica.name}” with ${plural(replica.videos, "video")}. Add its annotators.`);
      navigate(projectPath(replica.id, "members"));
    },
  });
  const submit = (event: FormEvent) => {
    event.preventDefault();
    make.mutate();
  };
  return (
    <Dialog title="Make a replica" onClose={onClose}>
      <form className="stack" onSubmit={submit}>
        <p className="muted">
          The same labels and video files, no annotations. Its members see nothing of this project.
        </p>
        <TextField
          label="Name"
          required
          maxLength={200}
          value={name}
          onChange={(event) => setTyped(event.target.value)}
        />
        <Checklist
          title="Videos"
          all={`All ${plural(ready.length, "video")}`}
          items={ready.map(item)}
          chosen={chosen}
          onChange={setChosen}
        />
        <ErrorNote error={make.error ?? videos.error} />
        <div className="row dialog-actions">
          <Button onClick={onClose}>Cancel</Button>
          <Button
            type="submit"
            variant="primary"
            busy={make.isPending}
            disabled={name.trim() === "" || ids.length === 0}
          >
            Make the replica
          </Button>
        </div>
      </form>
    </Dialog>
  );
}

const item = (video: Video) => ({
  id: video.id,
  name: video.name,
  note: video.is_gold ? "gold" : undefined,
});
