import { useMutation, useQueryClient } from "@tanstack/react-query";
import { useState, type FormEvent } from "react";

import { post } from "../../api/client";
import { refreshJobs, refreshProject } from "../../api/jobs";
import type { ExportState, Project } from "../../api/types";
import { Button } from "../../ui/Button";
import { SelectField, TextField } from "../../ui/Field";
import { ErrorNote } from "../../ui/states";

const STATES: { state: ExportState; title: string; about: string }[] = [
  {
    state: "reviewed",
    title: "Reviewed",
    about: "What people confirmed or drew; times not reviewed are listed as excluded.",
  },
  {
    state: "proposed",
    title: "Proposals",
    about: "What models suggest and nobody has decided on, with scores.",
  },
  { state: "all", title: "All", about: "Both: what was reviewed, and the open proposals." },
];

export function ExportForm({ project }: { project: Project }) {
  const client = useQueryClient();
  const [state, setState] = useState<ExportState>("reviewed");
  const [rateHz, setRateHz] = useState("1");
  const start = useMutation({
    mutationFn: () =>
      post(`/api/projects/${project.id}/exports`, {
        format: "ava",
        state,
        rate_hz: Number(rateHz),
      }),
    onSuccess: () => {
      refreshJobs(client, project.id);
      refreshProject(client, project.id);
    },
  });
  const submit = (event: FormEvent) => {
    event.preventDefault();
    start.mutate();
  };
  return (
    <section className="panel">
      <div className="panel-head">
        <h2>Export</h2>
      </div>
      <form className="panel-body stack" onSubmit={submit}>
        <SelectField label="Format" value="ava" onChange={() => undefined}>
          <option value="ava">AVA v2.2 (CSV, action list, excluded timestamps)</option>
        </SelectField>
        <div className="form-grid">
          <SelectField
            label="Which labels"
            value={state}
            hint={STATES.find((choice) => choice.state === state)?.about}
            onChange={(event) => setState(event.target.value as ExportState)}
          >
            {STATES.map((choice) => (
              <option key={choice.state} value={choice.state}>
                {choice.title}
              </option>
            ))}
          </SelectField>
          <TextField
            label="Rows per second"
            type="number"
            required
            min={0.1}
            max={60}
            step="any"
            value={rateHz}
            hint="AVA has one."
            onChange={(event) => setRateHz(event.target.value)}
          />
        </div>
        <ErrorNote error={start.error} />
        <div className="row">
          <Button type="submit" variant="primary" busy={start.isPending}>
            Export
          </Button>
        </div>
      </form>
    </section>
  );
}
