import { Badge } from "../../ui/Badge";

export interface Option {
  value: string;
  title: string;
  note: string;
  /** Why it cannot be chosen; empty where it can. */
  reason: string;
}

interface Props {
  title: string;
  name: string;
  options: Option[];
  chosen: string;
  onChoose: (value: string) => void;
}

/** One of several, each with what it means and, where it is off, why. */
export function ChoiceList({ title, name, options, chosen, onChoose }: Props) {
  return (
    <fieldset className="field">
      <legend className="field-label">{title}</legend>
      <div className="choices">
        {options.map((option) => (
          <label key={option.value} className={option.reason ? "choice choice-off" : "choice"}>
            <input
              type="radio"
              name={name}
              value={option.value}
              checked={option.value === chosen}
              disabled={!!option.reason}
              onChange={() => onChoose(option.value)}
            />
            <span className="grow">
              <span className="row spread">
                <strong>{option.title}</strong>
                {option.reason && <Badge tone="warn">not available</Badge>}
              </span>
              <span className="small muted wrap">{option.note}</span>
              {option.reason && <span className="small warn wrap">{option.reason}</span>}
            </span>
          </label>
        ))}
      </div>
    </fieldset>
  );
}
