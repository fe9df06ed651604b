import { useMutation, useQueryClient } from "@tanstack/react-query";
import { useState, type FormEvent } from "react";

import { post } from "../../api/client";
import { keys } from "../../api/keys";
import type { Project, Role } from "../../api/types";
import { Button } from "../../ui/Button";
import { SelectField, TextField } from "../../ui/Field";
import { ErrorNote } from "../../ui/states";
import { toast } from "../../ui/Toast";
import { ROLES } from "../roles";

export function AddMember({ project }: { project: Project }) {
  const client = useQueryClient();
  const [username, setUsername] = useState("");
  const [role, setRole] = useState<Role>("annotator");
  const add = useMutation({
    mutationFn: () =>
      post(`/api/projects/${project.id}/members`, { username: username.trim(), role }),
    onSuccess: () => {
      toast(`${username.trim()} was added.`);
      setUsername("");
      void client.invalidateQueries({ queryKey: keys.members(project.id) });
    },
  });
  const submit = (event: FormEvent) => {
    event.preventDefault();
    add.mutate();
  };
  return (
    <section className="panel">
      <div className="panel-head">
        <h2>Add a member</h2>
      </div>
      <form className="panel-body stack" onSubmit={submit}>
        <div className="form-row">
          <TextField
            label="User name"
            required
            value={username}
            onChange={(event) => setUsername(event.target.value)}
          />
          <SelectField
            label="Role"
            value={role}
            onChange={(event) => setRole(event.target.value as Role)}
          >
            {ROLES.filter((choice) => choice.role !== "owner").map((choice) => (
              <option key={choice.role} value={choice.role}>
                {choice.title}: {choice.may}
              </option>
            ))}
          </SelectField>
          <Button
            type="submit"
            variant="primary"
            busy={add.isPending}
            disabled={username.trim() === ""}
          >
            Add
          </Button>
        </div>
        <ErrorNote error={add.error} />
      </form>
    </section>
  );
}
