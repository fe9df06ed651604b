import type { ReactNode } from "react";

import { dateTime, shortHash } from "../format";
import type { Round } from "../../api/types";
import { CopyButton } from "./CopyButton";
import { codeText, librariesText, provenance, triggerText } from "./loopText";
import { isRunning, recipeText } from "./roundText";

/** What made this round's model: enough to make it again. */
export function Provenance({ round }: { round: Round }) {
  const code = codeText(round);
  const libraries = librariesText(round);
  const absent = isRunning(round) ? "not yet known" : "not recorded";
  const known = (value: number | null, before = "") =>
    value === null ? absent : `${before}${value}`;
  return (
    <section className="panel" aria-label="What made this model">
      <div className="panel-head">
        <h2>What made this model</h2>
        <CopyButton text={provenance(round)} what="all of it as JSON">
          Copy as JSON
        </CopyButton>
      </div>
      <dl className="panel-body provenance">
        <Row name="Snapshot" copy={round.snapshot_hash}>
          {round.snapshot_hash ? (
            <>
              <code title={round.snapshot_hash}>{shortHash(round.snapshot_hash)}</code>
              {round.effort.revision !== null && (
                <span className="muted"> at revision {round.effort.revision}</span>
              )}
            </>
          ) : (
            absent
          )}
        </Row>
        <Row name="Label schema">{known(round.schema_version, "version ")}</Row>
        <Row name="Seed" copy={round.seed === null ? "" : String(round.seed)}>
          {known(round.seed)}
        </Row>
        <Row name="Recipe">{recipeText(round)}</Row>
        <Row name="Compared with">
          {round.parent?.name ?? (isRunning(round) ? absent : "no model was in use before")}
        </Row>
        <Row name="Started">
          {triggerText(round.trigger)}
          {round.started_by && ` (${round.started_by})`}, {dateTime(round.created_at)}
        </Row>
        <Row name="Code" copy={round.code.commit}>
          {code || absent}
        </Row>
        <Row name="Queue left" copy={round.queue_hash}>
          {round.queue_hash ? (
            <code title={round.queue_hash}>{shortHash(round.queue_hash)}</code>
          ) : (
            "–"
          )}
        </Row>
        {libraries && (
          <Row name="Libraries" wide copy={libraries}>
            {libraries}
          </Row>
        )}
      </dl>
    </section>
  );
}

interface RowProps {
  name: string;
  copy?: string;
  wide?: boolean;
  children: ReactNode;
}

function Row({ name, copy, wide, children }: RowProps) {
  return (
    <div className={wide ? "provenance-row provenance-wide" : "provenance-row"}>
      <dt className="small muted">{name}</dt>
      <dd className="row">
        <span className="wrap number">{children}</span>
        {copy && <CopyButton text={copy} what={name.toLowerCase()} />}
      </dd>
    </div>
  );
}
