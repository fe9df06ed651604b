import { useMutation, useQueryClient } from "@tanstack/react-query";
import { useState, type FormEvent } from "react";

import { patch } from "../../api/client";
import { keys } from "../../api/keys";
import type { Project } from "../../api/types";
import { Button } from "../../ui/Button";
import { Dialog } from "../../ui/Dialog";
import { Icon } from "../../ui/Icon";
import { ErrorNote } from "../../ui/states";
import { Checklist } from "../exchange/Checklist";
import { kept, poses, readGroups } from "./exclusive";

interface Props {
  project: Project;
  onClose: () => void;
}

/** Says which of the project's labels one person cannot have at the same time. */
export function ExclusiveDialog({ project, onClose }: Props) {
  const client = useQueryClient();
  const [groups, setGroups] = useState(() => [...readGroups(project.settings), []]);
  const save = useMutation({
    mutationFn: () =>
      patch<Project>(`/api/projects/${project.id}`, {
        settings: { exclusive_actions: kept(groups) },
      }),
    onSuccess: (changed) => {
      client.setQueryData(keys.project(project.id), changed);
      void client.invalidateQueries({ queryKey: keys.project(project.id) });
      onClose();
    },
  });
  const submit = (event: FormEvent) => {
    event.preventDefault();
    save.mutate();
  };
  const own = poses(project.labels);
  const items = project.labels
    .filter(({ kind }) => kind === "action" || kind === "segment")
    .map(({ name, kind }) => ({ id: name, name, note: kind === "segment" ? kind : undefined }));
  const change = (at: number, names: string[]) =>
    setGroups(groups.map((group, index) => (index === at ? names : group)));
  return (
    <Dialog title="Labels that exclude each other" onClose={onClose}>
      <form className="stack" onSubmit={submit}>
        <p className="muted">
          {own.length > 1
            ? `A person has one pose at a time: ${own.join(", ")}. `
            : "A person has one pose at a time, where labels are AVA’s poses. "}
          Name others of which only one can be true at a time.
        </p>
        {groups.map((group, index) => (
          <Checklist
            key={index}
            title={group.join(", ") || `Group ${index + 1}`}
            all="None"
            items={items}
            chosen={group}
            onChange={(names) => change(index, names)}
          />
        ))}
        <div>
          <Button small onClick={() => setGroups([...groups, []])}>
            <Icon name="plus" />
            Another group
          </Button>
        </div>
        <ErrorNote error={save.error} />
        <div className="row dialog-actions">
          <Button onClick={onClose}>Cancel</Button>
          <Button type="submit" variant="primary" busy={save.isPending}>
            Save
          </Button>
        </div>
      </form>
    </Dialog>
  );
}
