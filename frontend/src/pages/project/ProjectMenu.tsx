import { useMutation, useQueryClient } from "@tanstack/react-query";
import { useState, type FormEvent } from "react";
import { useLocation } from "wouter";

import { del, patch } from "../../api/client";
import { keys } from "../../api/keys";
import type { Project } from "../../api/types";
import { Button } from "../../ui/Button";
import { ConfirmDialog, Dialog } from "../../ui/Dialog";
import { TextField } from "../../ui/Field";
import { Icon } from "../../ui/Icon";
import { Menu } from "../../ui/Menu";
import { ErrorNote } from "../../ui/states";
import { plural } from "../format";
import { canManage } from "../roles";

/** Rename the project, or delete it. */
export function ProjectMenu({ project }: { project: Project }) {
  const [open, setOpen] = useState<"rename" | "delete" | null>(null);
  if (!canManage(project.role)) return null;
  const items = [{ label: "Rename…", onSelect: () => setOpen("rename"), danger: false }];
  if (project.role === "owner") {
    items.push({ label: "Delete…", onSelect: () => setOpen("delete"), danger: true });
  }
  const close = () => setOpen(null);
  return (
    <>
      <Menu label="More for this project" items={items}>
        <Icon name="more" />
      </Menu>
      {open === "rename" && <RenameDialog project={project} onClose={close} />}
      {open === "delete" && <DeleteDialog project={project} onClose={close} />}
    </>
  );
}

interface Props {
  project: Project;
  onClose: () => void;
}

function RenameDialog({ project, onClose }: Props) {
  const client = useQueryClient();
  const [name, setName] = useState(project.name);
  const rename = useMutation({
    mutationFn: () => patch<Project>(`/api/projects/${project.id}`, { name: name.trim() }),
    onSuccess: (changed) => {
      client.setQueryData(keys.project(project.id), changed);
      void client.invalidateQueries({ queryKey: keys.projects });
      onClose();
    },
  });
  const submit = (event: FormEvent) => {
    event.preventDefault();
    rename.mutate();
  };
  return (
    <Dialog title="Rename the project" onClose={onClose}>
      <form className="stack" onSubmit={submit}>
        <TextField
          label="Name"
          required
          maxLength={200}
          value={name}
          onChange={(event) => setName(event.target.value)}
        />
        <ErrorNote error={rename.error} />
        <div className="row dialog-actions">
          <Button onClick={onClose}>Cancel</Button>
          <Button
            type="submit"
            variant="primary"
            busy={rename.isPending}
            disabled={name.trim() === ""}
          >
            Rename
          </Button>
        </div>
      </form>
    </Dialog>
  );
}

function DeleteDialog({ project, onClose }: Props) {
  const client = useQueryClient();
  const [, navigate] = useLocation();
  const [typed, setTyped] = useState("");
  const remove = useMutation({
    mutationFn: () => del(`/api/projects/${project.id}`),
    onSuccess: () => {
      void client.invalidateQueries({ queryKey: keys.projects });
      navigate("/");
    },
  });
  const { videos, confirmed } = project.counts;
  return (
    <ConfirmDialog
      title="Delete the project?"
      action="Delete project"
      busy={remove.isPending}
      disabled={typed !== project.name}
      error={remove.error}
      onConfirm={() => remove.mutate()}
      onClose={onClose}
    >
      <div className="stack">
        <p>
          {plural(videos, "video")} and {plural(confirmed, "confirmed tube")} go with it. This
          cannot be undone.
        </p>
        <TextField
          label={`Type “${project.name}” to go on`}
          value={typed}
          onChange={(event) => setTyped(event.target.value)}
        />
      </div>
    </ConfirmDialog>
  );
}
