import { useState, type ReactNode } from "react";

interface Props {
  title: string;
  about?: ReactNode;
  /** Beside the title: choices of how to draw. */
  controls?: ReactNode;
  /** The same figures as a table, made when asked for. */
  table: () => ReactNode;
  children: ReactNode;
}

/** A plot under its title, with its figures as a table for whoever wants to read them. */
export function PlotPanel({ title, about, controls, table, children }: Props) {
  const [open, setOpen] = useState(false);
  return (
    <section className="panel plot" aria-label={title}>
      <div className="panel-head">
        <h2>{title}</h2>
        {controls}
      </div>
      <div className="panel-body stack stack-tight">
        {about && <p className="small muted">{about}</p>}
        {children}
        <details className="more" onToggle={(event) => setOpen(event.currentTarget.open)}>
          <summary>As a table</summary>
          {open && <div className="plot-table">{table()}</div>}
        </details>
      </div>
    </section>
  );
}
