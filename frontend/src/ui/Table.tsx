import type { ReactNode } from "react";

export interface Column<T> {
  title: string;
  cell: (row: T) => ReactNode;
  /** "name" takes the room that is left and cuts long text; "number" lines digits up. */
  kind?: "name" | "number";
  /** Heading for screen readers only. */
  hideTitle?: boolean;
}

interface TableProps<T> {
  caption: string;
  columns: Column<T>[];
  rows: T[];
  rowKey: (row: T) => string | number;
}

const cellClass = { name: "cell-name", number: "cell-number" };

export function Table<T>({ caption, columns, rows, rowKey }: TableProps<T>) {
  return (
    <div className="table-scroll">
      <table className="table">
        <caption className="visually-hidden">{caption}</caption>
        <thead>
          <tr>
            {columns.map(({ title, kind, hideTitle }) => (
              <th key={title} scope="col" className={kind && cellClass[kind]}>
                {hideTitle ? <span className="visually-hidden">{title}</span> : title}
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          {rows.map((row) => (
            <tr key={rowKey(row)}>
              {columns.map(({ title, kind, cell }) => (
                <td key={title} className={kind && cellClass[kind]}>
                  {cell(row)}
                </td>
              ))}
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  );
}
