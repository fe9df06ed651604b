import { useState } from "react";

import type { Models, Project } from "../../api/types";
import { Button } from "../../ui/Button";
import { CheckField } from "../../ui/CheckField";
import { Field, SelectField, TextField } from "../../ui/Field";
import { ErrorNote, Loading } from "../../ui/states";
import { bytes } from "../format";
import { JobProgress } from "../jobs/JobProgress";
import { jobError } from "../jobs/jobText";
import { FileReport } from "./FileReport";
import { reportOf } from "./readReport";
import { NOTHING_SAID, useFile, type Said } from "./useFile";

type State = ReturnType<typeof useFile>;

/** Takes a checkpoint in two steps: read it and say what fits, then add it. */
export function AddFilePanel({ project, models }: { project: Project; models: Models }) {
  const state = useFile(project.id);
  const [said, setSaid] = useState(NOTHING_SAID);
  const close = () => {
    setSaid(NOTHING_SAID);
    state.close();
  };
  return (
    <section className="panel" aria-label="Add a file" id="add-a-file">
      <div className="panel-head">
        <h2>Add a file</h2>
        {state.at && !state.running && (
          <Button small onClick={close}>
            Choose another file
          </Button>
        )}
      </div>
      {!state.at ? (
        <Choose models={models} state={state} said={said} onSay={setSaid} />
      ) : state.running ? (
        state.job ? <JobProgress job={state.job} /> : <Loading what="the file" />
      ) : (
        <Read models={models} state={state} said={said} onSay={setSaid} />
      )}
    </section>
  );
}

interface PartProps {
  models: Models;
  state: State;
  said: Said;
  onSay: (said: Said) => void;
}

function Choose({ models, state: { send }, said, onSay }: PartProps) {
  const [file, setFile] = useState<File | null>(null);
  const [labels, setLabels] = useState<File | null>(null);
  const tooLarge = !!file && file.size > models.max_bytes;
  return (
    <form
      className="panel-body stack"
      onSubmit={(event) => {
        event.preventDefault();
        if (file) send.mutate({ file, labels, said });
      }}
    >
      <p className="muted">
        Parameters of a net that is listed here (.pt, .pth, .safetensors) or a YOLOX detector
        (.onnx), up to {bytes(models.max_bytes)}. Files are read, never run; the first step only
        says what fits.
      </p>
      <div className="form-grid">
        <FilePick
          label="Checkpoint"
          accept=".pt,.pth,.pyth,.ckpt,.bin,.safetensors,.onnx"
          error={tooLarge ? `It has ${bytes(file.size)}, more than the limit.` : null}
          onPick={setFile}
        />
        <LabelsPick onPick={setLabels} />
      </div>
      <Sayings models={models} said={said} onSay={onSay} />
      <ErrorNote error={send.error} />
      <div className="row">
        <Button type="submit" variant="primary" disabled={!file || tooLarge} busy={send.isPending}>
          Read the file
        </Button>
        <span className="small muted">
          {send.isPending && file ? `Sending ${bytes(file.size)}…` : "Nothing is added by reading."}
        </span>
      </div>
    </form>
  );
}

/** What the job came to: a report to confirm, a file that was added, or a refusal. */
function Read({ models, state, said, onSay }: PartProps) {
  const { job, again } = state;
  const [labelsFile, setLabelsFile] = useState<File | null>(null);
  const start = (confirm: boolean) => again.mutate({ ...said, confirm, labelsFile });
  if (!job) return <Loading what="the report" />;
  const failed = jobError(job);
  const report = reportOf(job.result);
  const added = !failed && !report ? String(job.result?.["name"] ?? "") : "";
  if (added) {
    return (
      <p className="panel-body ok wrap" role="status">
        Added as <code>{added}</code>. It is used from now on.
      </p>
    );
  }
  return (
    <div className="panel-body stack">
      {typeof job.result?.["file_name"] === "string" && (
        <p className="strong wrap">{job.result["file_name"]}</p>
      )}
      <ErrorNote error={failed} />
      {report && <FileReport report={report} />}
      {report && !report.published && (
        <>
          <LabelsPick onPick={setLabelsFile} />
          <Sayings models={models} said={said} onSay={onSay} />
        </>
      )}
      <ErrorNote error={again.error} />
      <div className="row">
        {report?.ready && (
          <Button
            variant="primary"
            busy={again.isPending}
            onClick={() => start(true)}
          >
            Add it
          </Button>
        )}
        {!report?.published && (
          <Button busy={again.isPending} onClick={() => start(false)}>
            Read again
          </Button>
        )}
      </div>
    </div>
  );
}

/** What a person may know better than the file says. */
function Sayings({ models, said, onSay }: Omit<PartProps, "state">) {
  const change = (part: Partial<Said>) => onSay({ ...said, ...part });
  return (
    <details className="more">
      <summary>Say more about it</summary>
      <div className="stack">
        <div className="form-grid">
          <SelectField
            label="Net"
            value={said.net}
            onChange={(event) => change({ net: event.target.value })}
          >
            <option value="">Find out by its parameters</option>
            {models.nets.map(({ name, title }) => (
              <option key={name} value={name}>
                {title} ({name})
              </option>
            ))}
          </SelectField>
          <SelectField
            label="Labels are those of"
            value={said.labels}
            hint="Goes before a list that was sent."
            onChange={(event) => change({ labels: event.target.value })}
          >
            <option value="">The list sent with it</option>
            {models.lists.map((name) => (
              <option key={name} value={name}>
                {name}
              </option>
            ))}
          </SelectField>
          <TextField
            label="Name"
            value={said.name}
            maxLength={80}
            hint="Letters, digits, '.', '_' and '-'; from the file's name if empty."
            onChange={(event) => change({ name: event.target.value })}
          />
          <TextField
            label="Licence"
            value={said.licence}
            maxLength={200}
            hint="Of the weights; stated in model cards."
            onChange={(event) => change({ licence: event.target.value })}
          />
          <SelectField
            label="Make a 2D net of pictures 3D"
            value={said.inflate}
            onChange={(event) => change({ inflate: event.target.value })}
          >
            <option value="">No</option>
            <option value="i3d_r50">ResNet-50 to I3D-ResNet50</option>
            <option value="i3d">Inception to I3D</option>
          </SelectField>
        </div>
        <CheckField
          label="Leave its head out: a start for training, which proposes nothing by itself"
          checked={said.body}
          onChange={(body) => change({ body })}
        />
      </div>
    </details>
  );
}

const LabelsPick = ({ onPick }: { onPick: (file: File | null) => void }) => (
  <FilePick
    label="List of its labels"
    accept=".txt,.csv,.pbtxt,.json"
    hint="A name a line, id,name as .csv, or AVA's .pbtxt, in the order of the outputs."
    onPick={onPick}
  />
);

interface PickProps {
  label: string;
  accept: string;
  hint?: string;
  error?: string | null;
  onPick: (file: File | null) => void;
}

function FilePick({ label, accept, hint, error, onPick }: PickProps) {
  return (
    <Field label={label} hint={hint} error={error}>
      {(control) => (
        <input
          {...control}
          className="input"
          type="file"
          accept={accept}
          onChange={(event) => onPick(event.target.files?.[0] ?? null)}
        />
      )}
    </Field>
  );
}
