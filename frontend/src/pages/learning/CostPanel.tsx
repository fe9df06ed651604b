import { useQuery } from "@tanstack/react-query";

import { get } from "../../api/client";
import { keys } from "../../api/keys";
import type { Project, QueueCost } from "../../api/types";
import { ErrorNote } from "../../ui/states";
import { Table, type Column } from "../../ui/Table";
import { count, duration } from "../format";
import { costText, QUESTION_TEXT } from "./costText";

type Cost = QueueCost["by_kind"][number];

const COLUMNS: Column<Cost>[] = [
  { title: "Question", kind: "name", cell: ({ kind }) => QUESTION_TEXT[kind] },
  { title: "Answers", kind: "number", cell: ({ n }) => count(n) },
  { title: "Median", kind: "number", cell: ({ median_s }) => `${median_s.toFixed(1)} s` },
  { title: "Mean", kind: "number", cell: ({ mean_s }) => `${mean_s.toFixed(1)} s` },
];

/** What answers cost, by what was asked first; whether the order goes by it yet. */
export function CostPanel({ project }: { project: Project }) {
  const cost = useQuery({
    queryKey: [...keys.queue(project.id), "cost"],
    queryFn: () => get<QueueCost>(`/api/projects/${project.id}/queue/cost`),
  });
  if (cost.isError) return <ErrorNote error={cost.error} />;
  if (!cost.data) return null;
  const { by_kind, seconds } = cost.data;
  return (
    <section className="panel" aria-label="What answers cost">
      <div className="panel-head">
        <div>
          <h2>What answers cost</h2>
          <p className="small muted">{costText(cost.data)}</p>
        </div>
        {seconds > 0 && <span className="muted nowrap">{duration(seconds)} in all</span>}
      </div>
      {by_kind.length > 0 && (
        <Table
          caption="Seconds by kind of question, pauses cut off"
          columns={COLUMNS}
          rows={by_kind}
          rowKey={({ kind }) => kind}
        />
      )}
    </section>
  );
}
