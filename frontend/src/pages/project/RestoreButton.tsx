import { useMutation, useQueryClient } from "@tanstack/react-query";
import { useState, type FormEvent } from "react";
import { useLocation } from "wouter";

import { post } from "../../api/client";
import { keys } from "../../api/keys";
import type { Restored } from "../../api/types";
import { Button } from "../../ui/Button";
import { Dialog } from "../../ui/Dialog";
import { TextField } from "../../ui/Field";
import { ErrorNote } from "../../ui/states";
import { toast } from "../../ui/Toast";
import { projectPath } from "../paths";

/** Makes a project of a backup; whoever does it owns it. */
export function RestoreButton() {
  const [open, setOpen] = useState(false);
  return (
    <>
      <Button onClick={() => setOpen(true)}>Restore from a backup</Button>
      {open && <RestoreDialog onClose={() => setOpen(false)} />}
    </>
  );
}

function RestoreDialog({ onClose }: { onClose: () => void }) {
  const client = useQueryClient();
  const [, navigate] = useLocation();
  const [file, setFile] = useState<File | null>(null);
  const [name, setName] = useState("");
  const restore = useMutation({
    mutationFn: () => post<Restored>("/api/restore", restoreBody(file!, name)),
    onSuccess: (project) => {
      if (project.notes.length > 0) toast(project.notes.join(" "));
      void client.invalidateQueries({ queryKey: keys.projects });
      navigate(projectPath(project.id));
    },
  });
  const submit = (event: FormEvent) => {
    event.preventDefault();
    restore.mutate();
  };
  return (
    <Dialog title="Restore from a backup" onClose={onClose}>
      <form className="stack" onSubmit={submit}>
        <p className="muted">
          A new project is made of it; no project that is here is changed. Video files that the
          backup does not hold are uploaded again after it.
        </p>
        <TextField
          label="Backup"
          type="file"
          className="input-file"
          accept=".zip,application/zip"
          required
          onChange={(event) => {
            setFile(event.target.files?.[0] ?? null);
            restore.reset();
          }}
        />
        <TextField
          label="Name"
          maxLength={200}
          value={name}
          hint="Empty: the name that it had."
          onChange={(event) => setName(event.target.value)}
        />
        <ErrorNote error={restore.error} />
        <div className="row dialog-actions">
          <Button onClick={onClose}>Cancel</Button>
          <Button type="submit" variant="primary" busy={restore.isPending} disabled={!file}>
            Restore
          </Button>
        </div>
      </form>
    </Dialog>
  );
}

function restoreBody(file: File, name: string): FormData {
  const form = new FormData();
  form.set("file", file);
  if (name.trim()) form.set("name", name.trim());
  return form;
}
