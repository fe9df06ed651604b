import { useState, type FormEvent } from "react";

import type { Label, Project } from "../../api/types";
import { Button } from "../../ui/Button";
import { Dialog } from "../../ui/Dialog";
import { Field } from "../../ui/Field";
import { ErrorNote } from "../../ui/states";
import { Checklist } from "../exchange/Checklist";
import { fellows, splitText, typedNames } from "./schemaText";
import { useSchemaChange } from "./useSchema";

interface Props {
  project: Project;
  label: Label;
  confirmed: number;
  onClose: () => void;
}

/** Lets two labels or more take the place of one. */
export function SplitDialog({ project, label, confirmed, onClose }: Props) {
  const [text, setText] = useState("");
  const [chosen, setChosen] = useState<number[]>([]);
  const change = useSchemaChange(project.id, onClose);
  const others = fellows(project.labels, label);
  const parts = [...chosen, ...typedNames(text)];
  const submit = (event: FormEvent) => {
    event.preventDefault();
    change.mutate({ operation: "split", label_id: label.id, others: parts });
  };
  return (
    <Dialog title={`Split “${label.name}”`} onClose={onClose}>
      <form className="stack" onSubmit={submit}>
        <Field label="New labels" hint="One a line. Two parts or more, new or there already.">
          {(control) => (
            <textarea
              {...control}
              className="input"
              rows={3}
              value={text}
              onChange={(event) => setText(event.target.value)}
            />
          )}
        </Field>
        {others.length > 0 && (
          <Checklist
            title="Labels that are there"
            all="None of them"
            items={others.map(({ id, name }) => ({ id, name }))}
            chosen={chosen}
            onChange={setChosen}
          />
        )}
        <p className="muted">{splitText(label, confirmed)}</p>
        <ErrorNote error={change.error} />
        <div className="row dialog-actions">
          <Button onClick={onClose}>Cancel</Button>
          <Button
            type="submit"
            variant="primary"
            busy={change.isPending}
            disabled={parts.length < 2}
          >
            Split
          </Button>
        </div>
      </form>
    </Dialog>
  );
}
