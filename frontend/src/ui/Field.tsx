import { useId, type InputHTMLAttributes, type ReactNode, type SelectHTMLAttributes } from "react";

interface FieldText {
  label: string;
  hint?: ReactNode;
  error?: string | null;
}

type TextProps = InputHTMLAttributes<HTMLInputElement> & FieldText;
type SelectProps = SelectHTMLAttributes<HTMLSelectElement> & FieldText;

interface ControlProps {
  id: string;
  "aria-describedby": string | undefined;
  "aria-invalid": true | undefined;
}

/** A label, its control, and what is known about it, tied together for screen readers. */
export function Field(props: FieldText & { children: (control: ControlProps) => ReactNode }) {
  const { label, hint, error, children } = props;
  const id = useId();
  const noteId = `${id}-note`;
  return (
    <div className="field">
      <label className="field-label" htmlFor={id}>
        {label}
      </label>
      {children({
        id,
        "aria-describedby": hint || error ? noteId : undefined,
        "aria-invalid": error ? true : undefined,
      })}
      {(error || hint) && (
        <span id={noteId} className={error ? "field-error" : "field-hint"}>
          {error || hint}
        </span>
      )}
    </div>
  );
}

export function TextField({ label, hint, error, className, ...input }: TextProps) {
  return (
    <Field label={label} hint={hint} error={error}>
      {(control) => <input {...input} {...control} className={`input ${className ?? ""}`} />}
    </Field>
  );
}

export function SelectField({ label, hint, error, children, ...select }: SelectProps) {
  return (
    <Field label={label} hint={hint} error={error}>
      {(control) => (
        <select {...select} {...control} className="input">
          {children}
        </select>
      )}
    </Field>
  );
}
