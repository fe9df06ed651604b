import { useState } from "react";
import { Link } from "wouter";

import type { HeldOutVideo, HoldOut, Project } from "../../api/types";
import { Badge } from "../../ui/Badge";
import { Button } from "../../ui/Button";
import { CheckField } from "../../ui/CheckField";
import { ErrorNote } from "../../ui/states";
import { Table, type Column } from "../../ui/Table";
import { count, plural } from "../format";
import { videoPath } from "../paths";
import { canManage } from "../roles";
import { DrawDialog } from "./DrawDialog";
import { coveredText, drawText, marks, summary, verdict, whyNot } from "./holdOutText";
import { useBlindness, useHoldOut } from "./useHoldOut";
import "./holdOut.css";

/** What is held out to measure on, whether it is enough, and the draw. */
export function HoldOutPanel({ project }: { project: Project }) {
  const { data: found, error } = useHoldOut(project.id);
  if (!found) return <ErrorNote error={error} />;
  return <Loaded project={project} found={found} />;
}

function Loaded({ project, found }: { project: Project; found: HoldOut }) {
  const [isOpen, setOpen] = useState(false);
  const [isDrawing, setDrawing] = useState(false);
  const said = verdict(found);
  const manage = canManage(project.role);
  const reason = whyNot(found);
  return (
    <section className="panel" aria-label="Hold-out">
      <div className="hold-out-head">
        <h2 title="Videos that measure models, and that no model learns from">Hold-out</h2>
        <span className="muted">{summary(found)}</span>
        {said && <Badge tone={said.tone}>{said.text}</Badge>}
        <span className="row hold-out-buttons">
          {found.drawn.length > 0 && (
            <Button
              small
              variant="ghost"
              aria-expanded={isOpen}
              onClick={() => setOpen((open) => !open)}
            >
              {isOpen ? "Hide" : "Show"}
            </Button>
          )}
          {manage && (
            <span title={reason ?? undefined}>
              <Button small disabled={reason !== null} onClick={() => setDrawing(true)}>
                {found.draws.length > 0 ? "Draw more…" : "Draw…"}
              </Button>
            </span>
          )}
        </span>
      </div>
      {found.note && <p className="hold-out-note small warn">{found.note}</p>}
      {isOpen && <Opened project={project} found={found} manage={manage} />}
      {isDrawing && (
        <DrawDialog projectId={project.id} found={found} onClose={() => setDrawing(false)} />
      )}
    </section>
  );
}

function Opened({
  project,
  found,
  manage,
}: {
  project: Project;
  found: HoldOut;
  manage: boolean;
}) {
  const blindness = useBlindness(project.id);
  return (
    <>
      <div className="hold-out-facts small">
        <CheckField
          label="Hide proposals on these videos"
          hint="People then draw what they see, and what they draw can judge a model. Shown proposals are agreed with too easily."
          checked={blindness.isPending ? blindness.variables : found.blind}
          disabled={!manage || blindness.isPending}
          onChange={(blind) => blindness.mutate(blind)}
        />
        <p className="muted">
          Models are compared once {plural(found.fewest_videos, "video")} with{" "}
          {plural(found.fewest_tubes, "tube")} are reviewed; {count(found.advised_tubes)} tubes make
          the comparison precise.
        </p>
        {found.draws.map((draw) => (
          <details key={draw.id} className="more">
            <summary>Draw of {drawText(draw)}</summary>
            <ul className="bullets">
              {draw.strata.map((part) => (
                <li key={part.stratum} className="wrap">
                  {part.stratum}: {count(part.drawn)} of {count(part.videos)}
                </li>
              ))}
            </ul>
          </details>
        ))}
      </div>
      <Table
        caption="Hold-out videos"
        columns={columns(project.id)}
        rows={found.drawn}
        rowKey={(video) => video.id}
      />
    </>
  );
}

const columns = (projectId: number): Column<HeldOutVideo>[] => [
  {
    title: "Video",
    kind: "name",
    cell: (video) => (
      <span className="row">
        <Link className="ellipsis" title={video.name} href={videoPath(projectId, video.id)}>
          {video.name}
        </Link>
        {marks(video).map(({ text, title }) => (
          <span key={text} title={title}>
            <Badge tone="warn">{text}</Badge>
          </span>
        ))}
      </span>
    ),
  },
  { title: "Chosen", cell: (video) => (video.by === "draw" ? "drawn" : "by hand") },
  { title: "Covered", kind: "number", cell: coveredText },
  { title: "Confirmed", kind: "number", cell: (video) => count(video.tubes) },
  { title: "Reviewed tubes", kind: "number", cell: (video) => count(video.reviewed_tubes) },
];
