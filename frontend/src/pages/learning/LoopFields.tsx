import type { ReactNode } from "react";

import { SelectField, TextField } from "../../ui/Field";
import { Progress } from "../../ui/Progress";
import { count, dateTime } from "../format";
import { LIMITS, triggerProgress, type LoopForm } from "./loopForm";
import type { Loop, LoopField } from "../../api/types";

export interface FieldsProps {
  form: LoopForm;
  errors: Partial<Record<LoopField, string>>;
  loop: Loop;
  readOnly: boolean;
  onType: (field: LoopField, value: string) => void;
}

const AUTO = {
  name: "auto",
  title: "Fit to the labels",
  about:
    "Takes the function for several labels at once where a tube can have several, else the one for a single label.",
};

/** Which labels a function is made for, as the server says it, and as people read it. */
const FITTING = [
  ["several", "For labels that hold several at once"],
  ["one", "For labels of which one holds"],
  ["any", "For either"],
] as const;

/** What is asked next. */
export function ChoosingFields(props: FieldsProps) {
  const { form, loop, readOnly, onType, errors } = props;
  const chosen = [AUTO, ...loop.acquisitions].find(({ name }) => name === form.acquisition);
  return (
    <Part title="What is asked next">
      <SelectField
        label="Acquisition function"
        value={form.acquisition}
        disabled={readOnly}
        error={errors.acquisition}
        hint={chosen?.about}
        onChange={(event) => onType("acquisition", event.target.value)}
      >
        {!chosen && <option value={form.acquisition}>{form.acquisition}</option>}
        <option value={AUTO.name}>{AUTO.title}</option>
        {FITTING.map(([labels, title]) => (
          <optgroup key={labels} label={title}>
            {loop.acquisitions
              .filter((offer) => offer.labels === labels)
              .map((offer) => (
                <option key={offer.name} value={offer.name}>
                  {offer.title}
                </option>
              ))}
          </optgroup>
        ))}
      </SelectField>
      <NumberField
        {...props}
        field="batch"
        label="Batch"
        hint="Viewings chosen at a time: about what is reviewed between two rounds."
      />
      <NumberField
        {...props}
        field="random_share"
        label="Drawn by chance"
        hint="Of every batch. They show what the model does not know that it does not know."
      />
      <NumberField
        {...props}
        field="discovery_share"
        label="Looking for new actions, at most"
        hint="Of every batch, for labels that nobody has shown yet."
      />
    </Part>
  );
}

/** How it is seen whether people look. */
export function CheckingFields(props: FieldsProps) {
  return (
    <Part title="How reviewing is checked">
      <NumberField
        {...props}
        field="blind_share"
        label="Shown without the model's actions"
        hint="Of those drawn by chance."
      />
      <NumberField
        {...props}
        field="planted_share"
        label="Wrong on purpose"
        hint="Of every batch, to see whether it is noticed. Never trained on."
      />
      <NumberField
        {...props}
        field="double_share"
        label="Second looks"
        hint="Of the tubes that were decided: by somebody who does not see what the first one said."
      />
      <NumberField
        {...props}
        field="accept_all_from"
        label="Accepting several at once from"
        hint="Proposals below this calibrated probability are accepted one by one."
      />
    </Part>
  );
}

/** When a round begins, and what becomes of its model. */
export function RoundFields(props: FieldsProps) {
  const { form, loop, readOnly, onType, errors } = props;
  const progress = triggerProgress(loop);
  const { minutes_reviewed, minutes_wanted, at } = loop.next;
  return (
    <Part title="When a round begins">
      <div className="stack stack-tight">
        <NumberField
          {...props}
          field="round_every_minutes"
          label="After so many minutes of reviewing"
          hint="0: not by itself."
        />
        {progress && (
          <>
            <Progress
              value={minutes_wanted > 0 ? minutes_reviewed / minutes_wanted : 0}
              label={progress}
            />
            <span className="small muted">{progress}</span>
          </>
        )}
      </div>
      <div className="stack stack-tight">
        <NumberField
          {...props}
          field="round_every_hours"
          label="Every so many hours"
          hint="0: not by itself. Only if something was reviewed since."
        />
        {at && <span className="small muted">Next at {dateTime(at)}</span>}
      </div>
      <SelectField
        label="A better model is put to use"
        value={form.promote_by}
        disabled={readOnly}
        error={errors.promote_by}
        hint={
          form.promote_by === "rule"
            ? "Measured better on the hold-out and worse nowhere: it takes over at once."
            : "The round says what it found; somebody decides on its page."
        }
        onChange={(event) => onType("promote_by", event.target.value)}
      >
        <option value="rule">by the rule</option>
        <option value="person">by a person</option>
      </SelectField>
    </Part>
  );
}

function Part({ title, children }: { title: string; children: ReactNode }) {
  return (
    <fieldset className="panel loop-part">
      <legend className="visually-hidden">{title}</legend>
      <div className="panel-head">
        <h2>{title}</h2>
      </div>
      <div className="panel-body loop-fields">{children}</div>
    </fieldset>
  );
}

interface NumberProps extends FieldsProps {
  field: LoopField;
  label: string;
  hint: string;
}

function NumberField({ field, label, hint, form, errors, readOnly, onType }: NumberProps) {
  const { kind, least, most } = LIMITS[field]!;
  const unit = kind === "share" ? " %" : "";
  return (
    <TextField
      label={kind === "share" ? `${label} (%)` : label}
      inputMode="decimal"
      value={form[field]}
      disabled={readOnly}
      error={errors[field]}
      hint={`${hint} ${least} to ${count(most)}${unit}.`}
      onChange={(event) => onType(field, event.target.value)}
    />
  );
}
