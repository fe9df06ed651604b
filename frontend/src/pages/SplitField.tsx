import type { Split } from "../api/types";

export const SPLITS: Split[] = ["train", "val", "test", "hold-out"];

interface Props {
  chosen: Split[];
  onChange: (splits: Split[]) => void;
}

/** Chooses splits; none chosen means all of them. */
export function SplitField({ chosen, onChange }: Props) {
  const toggle = (split: Split) =>
    onChange(chosen.includes(split) ? chosen.filter((s) => s !== split) : [...chosen, split]);
  return (
    <fieldset className="field">
      <legend className="field-label">Splits</legend>
      <div className="row row-wrap chips">
        {SPLITS.map((split) => (
          <label key={split} className="chip">
            <input
              type="checkbox"
              checked={chosen.includes(split)}
              onChange={() => toggle(split)}
            />
            {split}
          </label>
        ))}
      </div>
      <span className="field-hint">
        {chosen.length === 0 ? "None chosen: videos of every split." : "Videos of these splits."}
      </span>
    </fieldset>
  );
}
