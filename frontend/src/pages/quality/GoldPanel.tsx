import { Link } from "wouter";

import type { Agreement, GoldFigures, Project } from "../../api/types";
import { Name } from "../../ui/Name";
import { EmptyState } from "../../ui/states";
import { Table, type Column } from "../../ui/Table";
import { projectPath } from "../paths";
import { figureColumns } from "./Figures";
import { raterName } from "./qualityText";

interface Props {
  project: Project;
  agreement: Agreement;
}

/** Who labeled the gold videos as this project has them. */
export function GoldPanel({ project, agreement }: Props) {
  return (
    <section className="panel">
      <div className="panel-head">
        <div>
          <h2>Against gold</h2>
          <p className="small muted">
            This project’s labels of its gold videos are taken as true; replicas do not show which
            these are.
          </p>
        </div>
      </div>
      {agreement.gold.length > 0 ? (
        <Table
          caption="Annotators against gold"
          columns={columns(agreement)}
          rows={agreement.gold}
          rowKey={(row) => `${row.project_id} ${row.people.join(" ")}`}
        />
      ) : agreement.gold_videos > 0 ? (
        <EmptyState title="Nobody has worked on a gold video yet">
          A gold video counts for who labeled it by hand in a replica.
        </EmptyState>
      ) : (
        <EmptyState title="No gold videos">
          Label a few videos with great care and mark them as gold in their menu on the{" "}
          <Link href={projectPath(project.id)}>Videos</Link> tab.
        </EmptyState>
      )}
    </section>
  );
}

function columns(agreement: Agreement): Column<GoldFigures>[] {
  return [
    {
      title: "Labeled by",
      kind: "name",
      cell: (row) => (
        <>
          <Name text={row.people.join(", ")} className="strong" />
          <Name text={`in ${raterName(agreement, row.project_id)}`} className="small muted" />
        </>
      ),
    },
    { title: "Gold videos", kind: "number", cell: (row) => row.videos },
    ...figureColumns<GoldFigures>(),
  ];
}
