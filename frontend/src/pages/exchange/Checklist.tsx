import { useState } from "react";

import { Name } from "../../ui/Name";
import { count } from "../format";

export interface Item<Id> {
  id: Id;
  name: string;
  note?: string;
}

interface Props<Id> {
  title: string;
  /** What nothing chosen means, such as "All videos". */
  all: string;
  items: Item<Id>[];
  chosen: Id[];
  onChange: (chosen: Id[]) => void;
}

const FILTER_FROM = 8;

/** Choose some of many, or none for all; folded away until it is wanted. */
export function Checklist<Id extends string | number>(props: Props<Id>) {
  const { title, all, items, chosen, onChange } = props;
  const [filter, setFilter] = useState("");
  const wanted = filter.trim().toLowerCase();
  const shown = items.filter(({ name }) => name.toLowerCase().includes(wanted));
  const toggle = (id: Id) =>
    onChange(chosen.includes(id) ? chosen.filter((other) => other !== id) : [...chosen, id]);
  return (
    <details className="checklist">
      <summary>
        <span className="field-label">{title}</span>
        <span className={chosen.length === 0 ? "muted" : "strong"}>
          {chosen.length === 0 ? all : `${count(chosen.length)} of ${count(items.length)}`}
        </span>
      </summary>
      <fieldset className="checklist-body">
        <legend className="visually-hidden">{title}</legend>
        <div className="row">
          {items.length >= FILTER_FROM && (
            <input
              type="search"
              className="input input-small grow"
              placeholder="Filter"
              aria-label={`Filter: ${title}`}
              value={filter}
              onChange={(event) => setFilter(event.target.value)}
            />
          )}
          <button
            type="button"
            className="link-button small"
            disabled={chosen.length === 0}
            onClick={() => onChange([])}
          >
            {all}
          </button>
        </div>
        <ul className="checklist-items">
          {shown.map(({ id, name, note }) => (
            <li key={id}>
              <label className="row">
                <input type="checkbox" checked={chosen.includes(id)} onChange={() => toggle(id)} />
                <Name text={name} className="grow" />
                {note && <span className="small muted nowrap">{note}</span>}
              </label>
            </li>
          ))}
          {shown.length === 0 && <li className="small muted">Nothing fits.</li>}
        </ul>
      </fieldset>
    </details>
  );
}
