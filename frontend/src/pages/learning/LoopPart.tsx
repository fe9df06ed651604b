import { useMutation, useQueryClient } from "@tanstack/react-query";
import { useState, type FormEvent } from "react";

import { patch } from "../../api/client";
import { keys } from "../../api/keys";
import { refreshProject } from "../../api/jobs";
import type { Loop, Project } from "../../api/types";
import { Button } from "../../ui/Button";
import { ErrorNote, ErrorState, Loading } from "../../ui/states";
import { toast } from "../../ui/Toast";
import { canManage } from "../roles";
import { CostPanel } from "./CostPanel";
import { changesOf, formErrors, formOf, refusedField, type LoopForm } from "./loopForm";
import { ChoosingFields, CheckingFields, RoundFields, type FieldsProps } from "./LoopFields";
import { useLoop } from "./useLearning";

/** How the loop of this project runs: what is asked, how it is checked, when a round begins. */
export function LoopPart({ project }: { project: Project }) {
  const loop = useLoop(project.id);
  if (loop.isPending) return <Loading what="the settings" />;
  if (loop.isError && !loop.data) {
    return (
      <ErrorState
        title="The settings could not be loaded"
        error={loop.error}
        onRetry={() => void loop.refetch()}
      />
    );
  }
  return (
    <div className="stack">
      <LoopFormView project={project} loop={loop.data} />
      <CostPanel project={project} />
    </div>
  );
}

function LoopFormView({ project, loop }: { project: Project; loop: Loop }) {
  const client = useQueryClient();
  // What is typed and not yet kept; what others keep meanwhile shows in the fields left alone.
  const [typed, setTyped] = useState<Partial<LoopForm>>({});
  const form = { ...formOf(loop), ...typed };
  const changes = changesOf(form, loop);
  const errors = formErrors(form);
  const readOnly = !canManage(project.role);
  const save = useMutation({
    mutationFn: () => patch<Loop>(`/api/projects/${project.id}/loop`, changes),
    onSuccess: (saved) => {
      client.setQueryData(keys.loop(project.id), saved);
      refreshProject(client, project.id);
      setTyped({});
      toast("The settings of the loop are kept.");
    },
  });
  const refused = save.error ? refusedField(save.error.message) : null;
  if (refused && !errors[refused]) errors[refused] = save.error!.message;
  const isChanged = Object.keys(changes).length > 0;
  const isWrong = Object.keys(formErrors(form)).length > 0;
  const fields: FieldsProps = {
    form,
    errors,
    loop,
    readOnly,
    onType: (field, value) => {
      save.reset();
      setTyped({ ...typed, [field]: value });
    },
  };
  const submit = (event: FormEvent) => {
    event.preventDefault();
    if (isChanged && !isWrong) save.mutate();
  };
  return (
    <form className="stack" onSubmit={submit} noValidate aria-label="Settings of the loop">
      {readOnly && (
        <p className="notice">Managers of the project set these; you see them as they are.</p>
      )}
      <ChoosingFields {...fields} />
      <CheckingFields {...fields} />
      <RoundFields {...fields} />
      {!refused && <ErrorNote error={save.error} />}
      {!readOnly && (
        <div className="row loop-save">
          <Button
            variant="primary"
            type="submit"
            disabled={!isChanged || isWrong}
            busy={save.isPending}
          >
            Save
          </Button>
          {Object.keys(typed).length > 0 && (
            <Button
              variant="ghost"
              onClick={() => {
                save.reset();
                setTyped({});
              }}
            >
              Undo changes
            </Button>
          )}
          <span className="small muted" role="status">
            {isWrong
              ? "Put right what is marked above."
              : isChanged
                ? "Not saved yet."
                : "Everything is saved."}
          </span>
        </div>
      )}
    </form>
  );
}
