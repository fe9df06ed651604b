import { useState } from "react";

import { Name } from "../../../ui/Name";
import { plural } from "../../format";
import type { ClassDiff } from "../../../api/types";
import { sortClasses } from "./cases";

interface Props {
  classes: ClassDiff[];
  chosen: string;
  onChoose: (label: string) => void;
}

const FEW = 12;

/** Won and lost of every class, from the middle outward; a click shows that class alone. */
export function ClassBars({ classes, chosen, onChoose }: Props) {
  const [all, setAll] = useState(false);
  const sorted = sortClasses(classes);
  const changed = sorted.filter(({ won, lost }) => won + lost > 0);
  const shown = all ? sorted : changed.slice(0, FEW);
  const most = Math.max(1, ...classes.map(({ won, lost }) => Math.max(won, lost)));
  return (
    <div className="stack stack-tight">
      <div className="diff-bar diff-bar-head small muted" aria-hidden="true">
        <span>Class</span>
        <span className="diff-bar-lost">lost</span>
        <span>won</span>
      </div>
      <ul className="diff-bars">
        {shown.map(({ label_id, name, won, lost }) => (
          <li key={label_id}>
            <button
              type="button"
              className="diff-bar"
              aria-pressed={chosen === name}
              aria-label={`${name}: ${won} won, ${lost} lost`}
              onClick={() => onChoose(chosen === name ? "" : name)}
            >
              <Name text={name} />
              <span className="diff-bar-lost">
                <span className="number small">{lost || ""}</span>
                <span className="diff-fill bad-fill" style={{ width: `${(lost / most) * 75}%` }} />
              </span>
              <span className="diff-bar-won">
                <span className="diff-fill ok-fill" style={{ width: `${(won / most) * 75}%` }} />
                <span className="number small">{won || ""}</span>
              </span>
            </button>
          </li>
        ))}
      </ul>
      {sorted.length > Math.min(FEW, changed.length) && (
        <button type="button" className="link-button small diff-all" onClick={() => setAll(!all)}>
          {all ? "Show fewer" : `Show all ${plural(sorted.length, "class", "classes")}`}
        </button>
      )}
    </div>
  );
}
