import { useState } from "react";

import type { ClassHealth, Project } from "../../api/types";
import { Badge } from "../../ui/Badge";
import { Name } from "../../ui/Name";
import { EmptyState, ErrorState, Loading } from "../../ui/states";
import { count, percent } from "../format";
import { healthSummary, ORDERS, sortHealth, STATUS_TONE, type HealthOrder } from "./classHealth";
import { eceText, intervalText } from "./learningText";
import { Sparkline } from "./Sparkline";
import { useClassHealth } from "./useLearning";

/** How every class is doing: its examples, its figures, and what it needs. */
export function ClassesPart({ project }: { project: Project }) {
  const health = useClassHealth(project.id);
  const [order, setOrder] = useState<HealthOrder>("worst");
  if (health.isPending) return <Loading what="the classes" />;
  if (health.isError && !health.data) {
    return (
      <ErrorState
        title="The classes could not be loaded"
        error={health.error}
        onRetry={() => void health.refetch()}
      />
    );
  }
  if (health.data.length === 0) {
    return (
      <EmptyState title="No classes yet">
        Add action labels under Labels. Here is then shown how much each has been seen, and how well
        it is recognized.
      </EmptyState>
    );
  }
  return (
    <section className="panel" aria-label="Health of the classes">
      <div className="panel-head">
        <h2>Health of the classes</h2>
        <div className="row">
          <span className="muted small">{healthSummary(health.data)}</span>
          <select
            className="input input-small health-order"
            aria-label="Order of the classes"
            value={order}
            onChange={(event) => setOrder(event.target.value as HealthOrder)}
          >
            {ORDERS.map(({ by, title }) => (
              <option key={by} value={by}>
                {title}
              </option>
            ))}
          </select>
        </div>
      </div>
      <HealthTable rows={sortHealth(health.data, order)} />
    </section>
  );
}

function HealthTable({ rows }: { rows: ClassHealth[] }) {
  return (
    <div className="table-scroll">
      <table className="table health-table">
        <caption className="visually-hidden">Health of the classes</caption>
        <thead>
          <tr>
            <th scope="col" className="cell-name">
              Class
            </th>
            <th scope="col" className="cell-number" title="Reviewed examples that show it, and not">
              Examples yes / no
            </th>
            <th scope="col" className="cell-number" title="Tubes with an example that shows it">
              Tubes
            </th>
            <th scope="col" className="cell-number" title="Examples of it in the hold-out">
              Hold-out
            </th>
            <th scope="col" className="cell-number">
              F1
            </th>
            <th scope="col">By round</th>
            <th scope="col" className="cell-number">
              Calibration error
            </th>
          </tr>
        </thead>
        <tbody>
          {rows.map((row) => (
            <HealthRow key={row.label_id} row={row} />
          ))}
        </tbody>
      </table>
    </div>
  );
}

function HealthRow({ row }: { row: ClassHealth }) {
  const interval = intervalText(row.f1_low, row.f1_high);
  return (
    <tr className={row.retired ? "health-retired" : undefined}>
      <td className="cell-name">
        <div className="row">
          <Name className="strong" text={row.name} />
          {row.retired ? (
            <Badge>retired</Badge>
          ) : (
            <Badge tone={STATUS_TONE[row.status] ?? "neutral"}>{row.status}</Badge>
          )}
        </div>
        {row.advice && !row.retired && <span className="small muted wrap">{row.advice}</span>}
      </td>
      <td className="cell-number">
        {count(row.train_yes)} <span className="muted">/ {count(row.train_no)}</span>
      </td>
      <td className="cell-number">{count(row.train_tubes)}</td>
      <td className="cell-number">{count(row.hold_out_yes)}</td>
      <td className="cell-number">
        {percent(row.f1)}
        {interval && <span className="small muted health-interval">{interval}</span>}
      </td>
      <td>
        <Sparkline name={row.name} trend={row.trend} />
      </td>
      <td className="cell-number">{eceText(row.ece)}</td>
    </tr>
  );
}
