import { Link } from "wouter";

import type { Guards, PlantedEntry, Project } from "../../api/types";
import { Badge } from "../../ui/Badge";
import { Name } from "../../ui/Name";
import { EmptyState } from "../../ui/states";
import { Table, type Column } from "../../ui/Table";
import { ago, plural } from "../format";
import { videoPath } from "../paths";
import { ANSWERS } from "./guardText";

interface Props {
  project: Project;
  guards: Guards;
}

/** What was planted, and what became of it. */
export function PlantedPanel({ project, guards }: Props) {
  const isOn = guards.settings.planted_share > 0;
  return (
    <section className="panel">
      <div className="panel-head">
        <div>
          <h2>Planted proposals</h2>
          <p className="small muted">
            Wrong on purpose, and looking like any other until somebody decides them. They are then
            taken away, and who decided is told. They never train and are in no export.
          </p>
        </div>
        {guards.planted_open > 0 && (
          <Badge tone="accent">{plural(guards.planted_open, "waits", "wait")}</Badge>
        )}
      </div>
      {guards.planted.length > 0 ? (
        <Table
          caption="Planted proposals"
          columns={columns(project)}
          rows={guards.planted}
          rowKey={(row) => `${row.planted_at} ${row.what}`}
        />
      ) : (
        <EmptyState title={isOn ? "Nothing is planted yet" : "Planting is switched off"}>
          {isOn
            ? "One is planted when the queue is made anew: on frames that were marked as reviewed, while other proposals wait."
            : "Set a share of planted proposals, up to 5 %, to learn whether wrong ones are noticed."}
        </EmptyState>
      )}
    </section>
  );
}

function columns(project: Project): Column<PlantedEntry>[] {
  return [
    { title: "What", kind: "name", cell: (row) => <Name text={row.what} /> },
    {
      title: "Became",
      cell: (row) => <Badge tone={ANSWERS[row.answer].tone}>{ANSWERS[row.answer].text}</Badge>,
    },
    { title: "By", cell: (row) => <Name text={row.shown_to ?? "–"} className="guard-by" /> },
    {
      title: "When",
      cell: (row) => <span className="nowrap muted">{ago(row.answered_at ?? row.planted_at)}</span>,
    },
    {
      title: "Video",
      hideTitle: true,
      cell: (row) => (
        <Link className="link nowrap" href={videoPath(project.id, row.video_id)}>
          Video
        </Link>
      ),
    },
  ];
}
