import { useState } from "react";
import { Link } from "wouter";

import type { DiffCase, Project } from "../../../api/types";
import { Badge } from "../../../ui/Badge";
import { Button } from "../../../ui/Button";
import { Name } from "../../../ui/Name";
import { plural } from "../../format";
import { framePath } from "../../paths";
import { CasePicture } from "./CasePicture";
import { caseText, PAGE, saidTexts, sideText, type Pair, type Side } from "./cases";

const TITLES: Record<Side, string> = { won: "Won", lost: "Lost" };

interface Props {
  project: Project;
  side: Side;
  pair: Pair;
  cases: DiffCase[];
  /** How many there are where the server sends only the first of them. */
  total: number;
}

interface CaseProps {
  project: Project;
  item: DiffCase;
  side: Side;
  pair: Pair;
}

/** Pictures of what one side got right alone, some at a time. */
export function Gallery({ project, side, pair, cases, total }: Props) {
  const [pages, setPages] = useState(1);
  const title = TITLES[side];
  const shown = cases.slice(0, pages * PAGE);
  return (
    <section className="panel" aria-label={title}>
      <div className="panel-head">
        <h2>
          {title} <span className="muted number">{total}</span>
        </h2>
        <span className="muted small">{sideText(side, pair)}</span>
      </div>
      {cases.length === 0 ? (
        <p className="panel-body muted">
          {total > 0 ? "No pictures of these were kept." : "None."}
        </p>
      ) : (
        <div className="panel-body stack">
          <ul className="cases">
            {shown.map((item) => (
              <li key={`${item.tube_id} ${item.label} ${item.frame}`}>
                <Case project={project} item={item} side={side} pair={pair} />
              </li>
            ))}
          </ul>
          <div className="row">
            {shown.length < cases.length && (
              <Button onClick={() => setPages(pages + 1)}>
                Show {Math.min(PAGE, cases.length - shown.length)} more
              </Button>
            )}
            <span className="small muted">
              {shown.length} of {plural(total, "case")}
              {cases.length < total && ` (the ${cases.length} clearest have pictures)`}
            </span>
          </div>
        </div>
      )}
    </section>
  );
}

function Case({ project, item, side, pair }: CaseProps) {
  const [one, other] = saidTexts(item, side, pair);
  return (
    <Link
      href={framePath(project.id, item.video_id, item.frame, item.tube_id)}
      className="case"
      title={`Open ${item.video} at ${item.time_s.toFixed(1)} s`}
      aria-label={`${caseText(item, side, pair)}. Open ${item.video} at ${item.time_s.toFixed(1)} s`}
    >
      <CasePicture item={item} side={side} />
      <span className="case-text small">
        <span className="row spread">
          <Name className="strong" text={item.label} />
          <Badge>{item.truth ? "people say yes" : "people say no"}</Badge>
        </span>
        <span className="number">
          {one} <span className="muted">· {other}</span>
        </span>
        <Name
          className="muted"
          text={`${item.time_s.toFixed(1)} s, ${item.tube === null ? "" : `tube ${item.tube}, `}${item.video}`}
        />
      </span>
    </Link>
  );
}
