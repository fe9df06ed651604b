import { useState } from "react";
import { Link } from "wouter";

import type { Agreement, AgreementPair, Project } from "../../api/types";
import { Badge } from "../../ui/Badge";
import { Button } from "../../ui/Button";
import { Name } from "../../ui/Name";
import { Table, type Column } from "../../ui/Table";
import { percent } from "../format";
import { videoPath } from "../paths";
import { figureColumns } from "./Figures";
import { LabelTable } from "./LabelTable";
import { raterName } from "./qualityText";

interface Props {
  project: Project;
  agreement: Agreement;
}

const pairKey = (pair: AgreementPair) => `${pair.first}-${pair.second}`;

/** Everybody against everybody; one pair is shown label by label and video by video. */
export function PairsPanel({ project, agreement }: Props) {
  const [chosen, setChosen] = useState<string | null>(null);
  const { pairs } = agreement;
  const shown = pairs.find((pair) => pairKey(pair) === chosen) ?? pairs[0];
  const columns: Column<AgreementPair>[] = [
    {
      title: "Between",
      kind: "name",
      cell: (pair) => <Between agreement={agreement} pair={pair} />,
    },
    { title: "Videos", kind: "number", cell: (pair) => pair.videos.length },
    ...figureColumns<AgreementPair>(),
    {
      title: "Details",
      hideTitle: true,
      cell: (pair) => (
        <Button
          small
          aria-label={`Details of ${names(agreement, pair)}`}
          aria-pressed={pair === shown}
          onClick={() => setChosen(pairKey(pair))}
        >
          Details
        </Button>
      ),
    },
  ];
  return (
    <>
      <section className="panel quality-pairs">
        <div className="panel-head">
          <h2>Pairs</h2>
        </div>
        <Table
          caption="Agreement of pairs"
          columns={pairs.length > 1 ? columns : columns.slice(0, -1)}
          rows={pairs}
          rowKey={pairKey}
        />
      </section>
      {shown && <Details project={project} agreement={agreement} pair={shown} />}
    </>
  );
}

function Between({ agreement, pair }: { agreement: Agreement; pair: AgreementPair }) {
  const [first, second] = [pair.first, pair.second].map((id) => raterName(agreement, id));
  return (
    <>
      <Name text={first!} className="strong" />
      <Name text={`and ${second}`} className="small muted" />
    </>
  );
}

const names = (agreement: Agreement, pair: AgreementPair): string =>
  `${raterName(agreement, pair.first)} and ${raterName(agreement, pair.second)}`;

function Details({ project, agreement, pair }: Props & { pair: AgreementPair }) {
  const [first, second] = [pair.first, pair.second].map((id) => raterName(agreement, id));
  return (
    <>
      <section className="panel">
        <Head title="By label" about={names(agreement, pair)} />
        <LabelTable labels={pair.labels} first={first!} second={second!} />
      </section>
      <section className="panel">
        <Head title="By video" about={names(agreement, pair)} />
        <Table
          caption="Agreement by video"
          columns={videoColumns(project)}
          rows={pair.videos}
          rowKey={(row) => row.video_id}
        />
      </section>
    </>
  );
}

function Head({ title, about }: { title: string; about: string }) {
  return (
    <div className="panel-head">
      <h2 className="nowrap">{title}</h2>
      <Name text={about} className="small muted" />
    </div>
  );
}

type VideoRow = AgreementPair["videos"][number];

function videoColumns(project: Project): Column<VideoRow>[] {
  return [
    {
      title: "Video",
      kind: "name",
      cell: (row) => (
        <span className="row">
          <Link
            href={videoPath(project.id, row.video_id)}
            className="ellipsis"
            title={row.video_name}
          >
            {row.video_name}
          </Link>
          {row.is_gold && <Badge tone="warn">gold</Badge>}
        </span>
      ),
    },
    {
      title: "Reviewed by both",
      kind: "number",
      cell: (row) =>
        row.frames === 0 ? (
          <span className="warn">not yet</span>
        ) : (
          percent(row.frames / row.frame_count)
        ),
    },
    ...figureColumns<VideoRow>(),
  ];
}
