import type { Label, Project } from "../../api/types";
import { ConfirmDialog } from "../../ui/Dialog";
import { useSchemaChange } from "./useSchema";

interface Props {
  project: Project;
  label: Label;
  onClose: () => void;
}

/** Stops asking about a label; what carries it stays. */
export function RetireDialog({ project, label, onClose }: Props) {
  const change = useSchemaChange(project.id, onClose);
  return (
    <ConfirmDialog
      title={`Retire “${label.name}”?`}
      action="Retire"
      variant="primary"
      busy={change.isPending}
      error={change.error}
      onConfirm={() => change.mutate({ operation: "retire", label_id: label.id, others: [] })}
      onClose={onClose}
    >
      It is not offered, trained or proposed any more. What people labeled with it stays as it is
      and is still exported; open proposals of it go. It can be restored.
    </ConfirmDialog>
  );
}
