import type { FormEvent } from "react";

import { Button } from "../../ui/Button";
import { SelectField, TextField } from "../../ui/Field";
import { ErrorNote } from "../../ui/states";
import type { Coordinates, EighthColumn, ImportChoice } from "./importRequest";

interface Props {
  choice: ImportChoice;
  checked: boolean;
  busy: boolean;
  error: unknown;
  onChange: (change: Partial<ImportChoice>) => void;
  onCheck: () => void;
}

/** The files to import and how to read them. */
export function ImportForm({ choice, checked, busy, error, onChange, onCheck }: Props) {
  const submit = (event: FormEvent) => {
    event.preventDefault();
    onCheck();
  };
  return (
    <form className="panel-body stack" onSubmit={submit}>
      <FileField
        label="AVA CSV"
        accept=".csv,text/csv"
        required
        onFile={(file) => onChange({ file })}
      />
      <details className="more">
        <summary>Label map, excluded timestamps and how to read the file</summary>
        <div className="stack">
          <FileField
            label="Label map"
            accept=".pbtxt,.txt"
            hint="The .pbtxt that names the action ids, where the project does not know them."
            onFile={(labels) => onChange({ labels })}
          />
          <FileField
            label="Excluded timestamps"
            accept=".csv,text/csv"
            hint="Times that were not labeled, so that they do not count as reviewed."
            onFile={(excluded) => onChange({ excluded })}
          />
          <Reading choice={choice} onChange={onChange} />
        </div>
      </details>
      <ErrorNote error={error} />
      <div className="row">
        <Button
          type="submit"
          variant={checked ? "default" : "primary"}
          disabled={!choice.file}
          busy={busy}
        >
          Check the file
        </Button>
        <span className="small muted">Nothing is changed by checking.</span>
      </div>
    </form>
  );
}

function Reading({ choice, onChange }: Pick<Props, "choice" | "onChange">) {
  return (
    <div className="form-grid">
      <SelectField
        label="Column 8 holds"
        value={choice.eighthColumn}
        onChange={(event) => onChange({ eighthColumn: event.target.value as EighthColumn })}
      >
        <option value="person_id">the person's id</option>
        <option value="score">a score</option>
        <option value="ignore">something else</option>
      </SelectField>
      <SelectField
        label="Boxes are in"
        value={choice.coordinates}
        onChange={(event) => onChange({ coordinates: event.target.value as Coordinates })}
      >
        <option value="fractions">fractions of the picture, 0 to 1</option>
        <option value="pixels">pixels</option>
      </SelectField>
    </div>
  );
}

interface FileFieldProps {
  label: string;
  accept: string;
  hint?: string;
  required?: boolean;
  onFile: (file: File | null) => void;
}

function FileField({ onFile, ...field }: FileFieldProps) {
  return (
    <TextField
      {...field}
      type="file"
      className="input-file"
      onChange={(event) => onFile(event.target.files?.[0] ?? null)}
    />
  );
}
