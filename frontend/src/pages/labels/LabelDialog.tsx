import { useMutation, useQueryClient } from "@tanstack/react-query";
import { useState, type FormEvent } from "react";

import { patch, post } from "../../api/client";
import { keys } from "../../api/keys";
import type { Label, LabelKind, Project } from "../../api/types";
import { Button } from "../../ui/Button";
import { Dialog } from "../../ui/Dialog";
import { TextField } from "../../ui/Field";
import { ErrorNote } from "../../ui/states";
import { colorUnlike } from "./labelColor";

const AVA_GROUPS = ["PERSON_MOVEMENT", "OBJECT_MANIPULATION", "PERSON_INTERACTION"];
// Letters are the editor's commands, so that only digits are left for labels.
const KINDS_WITH_KEY: LabelKind[] = ["action", "segment"];

interface Props {
  project: Project;
  kind: LabelKind;
  label?: Label;
  onClose: () => void;
}

/** Adds a label, or edits one when `label` is given. */
export function LabelDialog({ project, kind, label, onClose }: Props) {
  const client = useQueryClient();
  const [draft, setDraft] = useState({
    name: label?.name ?? "",
    color: label?.color ?? colorUnlike(project.labels.map(({ color }) => color)),
    hotkey: label?.hotkey ?? "",
    avaId: label?.ava_id?.toString() ?? "",
    avaGroup: label?.ava_group ?? "",
  });
  const save = useMutation({
    mutationFn: () => {
      const values = {
        name: draft.name.trim(),
        color: draft.color,
        hotkey: draft.hotkey,
        ava_id: draft.avaId === "" ? null : Number(draft.avaId),
        ava_group: draft.avaGroup.trim(),
      };
      return label
        ? patch<Label>(`/api/labels/${label.id}`, values)
        : post<Label>(`/api/projects/${project.id}/labels`, { kind, ...values });
    },
    onSuccess: async () => {
      await client.invalidateQueries({ queryKey: keys.project(project.id) });
      onClose();
    },
  });
  const set = (change: Partial<typeof draft>) => setDraft({ ...draft, ...change });
  const twin = project.labels.find(
    (other) =>
      other.kind === kind &&
      !other.is_retired &&
      other.hotkey &&
      other.hotkey === draft.hotkey &&
      other.id !== label?.id,
  );
  const submit = (event: FormEvent) => {
    event.preventDefault();
    save.mutate();
  };
  return (
    <Dialog title={label ? `Edit “${label.name}”` : "Add a label"} onClose={onClose}>
      <form className="stack" onSubmit={submit}>
        <TextField
          label="Name"
          required
          maxLength={100}
          value={draft.name}
          onChange={(event) => set({ name: event.target.value })}
        />
        <div className="form-grid">
          <TextField
            label="Color"
            type="color"
            className="input-color"
            value={draft.color}
            onChange={(event) => set({ color: event.target.value })}
          />
          {KINDS_WITH_KEY.includes(kind) && (
            <TextField
              label="Key"
              maxLength={1}
              inputMode="numeric"
              value={draft.hotkey}
              hint={
                twin ? `Also the key of “${twin.name}”.` : "A digit; without one, the next free."
              }
              onChange={(event) => set({ hotkey: event.target.value.replace(/\D/g, "") })}
            />
          )}
        </div>
        {kind === "action" && (
          <div className="form-grid">
            <TextField
              label="AVA id"
              type="number"
              min={1}
              value={draft.avaId}
              hint="The action's number in AVA files."
              onChange={(event) => set({ avaId: event.target.value })}
            />
            <TextField
              label="AVA group"
              list="ava-groups"
              value={draft.avaGroup}
              onChange={(event) => set({ avaGroup: event.target.value })}
            />
            <datalist id="ava-groups">
              {AVA_GROUPS.map((group) => (
                <option key={group} value={group} />
              ))}
            </datalist>
          </div>
        )}
        <ErrorNote error={save.error} />
        <div className="row dialog-actions">
          <Button onClick={onClose}>Cancel</Button>
          <Button
            type="submit"
            variant="primary"
            busy={save.isPending}
            disabled={draft.name.trim() === ""}
          >
            {label ? "Save" : "Add"}
          </Button>
        </div>
      </form>
    </Dialog>
  );
}
