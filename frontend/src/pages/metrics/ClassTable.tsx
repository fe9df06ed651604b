import { useState } from "react";

import type { ClassFigures } from "../../api/types";
import { Button } from "../../ui/Button";
import { Icon } from "../../ui/Icon";
import { Name } from "../../ui/Name";
import { count, percent } from "../format";
import { saveText } from "./download";
import { figuresOf, sortClasses, toCsv, type ClassColumn, type Figure } from "./result";

interface Props {
  classes: ClassFigures[];
  fileName: string;
}

/** Every class with its figures; a click on a heading sorts by it. */
export function ClassTable({ classes, fileName }: Props) {
  const [order, setOrder] = useState<{ by: ClassColumn; descending: boolean }>({
    by: "label",
    descending: false,
  });
  const columns: { key: ClassColumn; title: string }[] = [
    { key: "label", title: "Class" },
    ...figuresOf(classes),
  ];
  const sortBy = (key: ClassColumn) =>
    setOrder({ by: key, descending: order.by === key ? !order.descending : key !== "label" });
  const rows = sortClasses(classes, order.by, order.descending);
  return (
    <section className="panel" aria-label="Figures by class">
      <div className="panel-head">
        <h2>Figures by class</h2>
        <Button small onClick={() => saveText(fileName, "text/csv", toCsv(rows))}>
          <Icon name="download" />
          CSV
        </Button>
      </div>
      <div className="class-table">
        <table className="table">
          <caption className="visually-hidden">Figures by class</caption>
          <thead>
            <tr>
              {columns.map(({ key, title }) => (
                <SortHead
                  key={key}
                  title={title}
                  isNumber={key !== "label"}
                  direction={
                    order.by === key ? (order.descending ? "descending" : "ascending") : null
                  }
                  onSort={() => sortBy(key)}
                />
              ))}
            </tr>
          </thead>
          <tbody>
            {rows.map((row) => (
              <tr key={row.label}>
                <td className="cell-name">
                  <Name text={row.label} />
                </td>
                {columns.slice(1).map(({ key }) => (
                  <td key={key} className="cell-number">
                    {figure(row, key as Figure)}
                  </td>
                ))}
              </tr>
            ))}
          </tbody>
        </table>
      </div>
    </section>
  );
}

function figure(row: ClassFigures, key: Figure): string {
  if (key !== "support") return percent(row[key]);
  return row.support === null || row.support === undefined ? "–" : count(row.support);
}

interface HeadProps {
  title: string;
  isNumber: boolean;
  direction: "ascending" | "descending" | null;
  onSort: () => void;
}

function SortHead({ title, isNumber, direction, onSort }: HeadProps) {
  return (
    <th
      scope="col"
      className={isNumber ? "cell-number" : "cell-name"}
      aria-sort={direction ?? undefined}
    >
      <button type="button" className="sort-button" onClick={onSort}>
        {title}
        <span aria-hidden="true">
          {direction === "ascending" ? "▲" : direction === "descending" ? "▼" : ""}
        </span>
      </button>
    </th>
  );
}
