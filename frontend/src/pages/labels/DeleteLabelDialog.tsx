import { useMutation, useQueryClient } from "@tanstack/react-query";

import { del } from "../../api/client";
import { keys } from "../../api/keys";
import type { Label, Project } from "../../api/types";
import { ConfirmDialog } from "../../ui/Dialog";

interface Props {
  project: Project;
  label: Label;
  onClose: () => void;
}

/** Deletes a label that nothing uses; the server refuses one in use and says by how much. */
export function DeleteLabelDialog({ project, label, onClose }: Props) {
  const client = useQueryClient();
  const remove = useMutation({
    mutationFn: () => del(`/api/labels/${label.id}`),
    onSuccess: async () => {
      await client.invalidateQueries({ queryKey: keys.project(project.id) });
      onClose();
    },
  });
  return (
    <ConfirmDialog
      title={`Delete “${label.name}”?`}
      action="Delete"
      busy={remove.isPending}
      error={remove.error}
      onConfirm={() => remove.mutate()}
      onClose={onClose}
    >
      The label goes from the project. One that tubes or spans use cannot be deleted: retire it, or
      merge it into another one.
    </ConfirmDialog>
  );
}
