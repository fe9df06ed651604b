import { useId, type ReactNode } from "react";

interface Props {
  label: string;
  hint?: ReactNode;
  checked: boolean;
  disabled?: boolean;
  onChange: (checked: boolean) => void;
}

/** A check box with its words beside it. */
export function CheckField({ label, hint, checked, disabled, onChange }: Props) {
  const id = useId();
  return (
    <div className="check-field">
      <input
        id={id}
        type="checkbox"
        checked={checked}
        disabled={disabled}
        aria-describedby={hint ? `${id}-note` : undefined}
        onChange={(event) => onChange(event.target.checked)}
      />
      <span>
        <label htmlFor={id}>{label}</label>
        {hint && (
          <span id={`${id}-note`} className="field-hint wrap">
            {hint}
          </span>
        )}
      </span>
    </div>
  );
}
