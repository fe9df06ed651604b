import { useState, type FormEvent } from "react";

import type { Label, Project } from "../../api/types";
import { Button } from "../../ui/Button";
import { Dialog } from "../../ui/Dialog";
import { SelectField } from "../../ui/Field";
import { ErrorNote } from "../../ui/states";
import { fellows } from "./schemaText";
import { useSchemaChange } from "./useSchema";

interface Props {
  project: Project;
  label: Label;
  onClose: () => void;
}

/** Lets a label become part of another one. */
export function MergeDialog({ project, label, onClose }: Props) {
  const others = fellows(project.labels, label);
  const [into, setInto] = useState<number | "">("");
  const change = useSchemaChange(project.id, onClose);
  const submit = (event: FormEvent) => {
    event.preventDefault();
    if (into !== "") change.mutate({ operation: "merge", label_id: into, others: [label.id] });
  };
  const chosen = others.find(({ id }) => id === into);
  return (
    <Dialog title={`Merge “${label.name}” into another label`} onClose={onClose}>
      <form className="stack" onSubmit={submit}>
        <SelectField
          label="Into"
          required
          value={into}
          hint={others.length === 0 ? "There is no other label of this kind." : undefined}
          onChange={(event) => setInto(event.target.value === "" ? "" : Number(event.target.value))}
        >
          <option value="">Choose a label</option>
          {others.map(({ id, name }) => (
            <option key={id} value={id}>
              {name}
            </option>
          ))}
        </SelectField>
        <p className="muted">
          Everything labeled “{label.name}” becomes {chosen ? `“${chosen.name}”` : "the other one"},
          and “{label.name}” is not asked about any more. Where only one of the two was looked for
          and not found, the merged label counts as not asked. The whole is one revision, which can
          be taken back.
        </p>
        <ErrorNote error={change.error} />
        <div className="row dialog-actions">
          <Button onClick={onClose}>Cancel</Button>
          <Button
            type="submit"
            variant="primary"
            busy={change.isPending}
            disabled={into === ""}
          >
            Merge
          </Button>
        </div>
      </form>
    </Dialog>
  );
}
