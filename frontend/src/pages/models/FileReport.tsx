import type { ReactNode } from "react";

import { withoutFlags } from "../../api/client";
import { Badge } from "../../ui/Badge";
import { Fact } from "../../ui/Fact";
import { count } from "../format";
import type { FileReportValue, KeyList } from "./readReport";

/** What adding a file would do: its net, which parameters fit, and what is still to be said. */
export function FileReport({ report }: { report: FileReportValue }) {
  const { match } = report;
  return (
    <div className="stack">
      <dl className="facts">
        <Fact name="Net">{report.title || "unknown"}</Fact>
        <Fact name="Kind">{report.kind}</Fact>
        <Fact name="Will be called">
          <code>{report.name}</code>
        </Fact>
        {report.labels !== null && <Fact name="Outputs">{count(report.labels)}</Fact>}
        {match && (
          <Fact name="Parameters that fit">
            {count(match.matched)} of {count(match.total)}{" "}
            {match.matched === match.total && <Badge tone="ok">all of them</Badge>}
          </Fact>
        )}
      </dl>
      {report.classes.length > 0 && (
        <p className="small muted wrap">
          Labels: {report.classes.join(", ")}
          {(report.labels ?? 0) > report.classes.length && ", …"}
        </p>
      )}
      {match && (
        <>
          <Keys title="Missing in the file" list={match.missing} />
          <Keys title="Not of this net" list={match.unexpected} />
          <Keys title="Of another shape" list={match.different} />
        </>
      )}
      {report.notes.map((note) => (
        <Note key={note}>{withoutFlags(note)}</Note>
      ))}
      {report.problems.map((problem) => (
        <p key={problem} className="notice notice-warn wrap" role="status">
          {withoutFlags(problem)}
        </p>
      ))}
    </div>
  );
}

const Note = ({ children }: { children: ReactNode }) => (
  <p className="small muted wrap">{children}</p>
);

function Keys({ title, list }: { title: string; list: KeyList }) {
  if (list.count === 0) return null;
  const more = list.count - list.examples.length;
  return (
    <div>
      <p className="small strong">
        {title}: {count(list.count)}
      </p>
      <ul className="bullets small muted wrap">
        {list.examples.map((key) => (
          <li key={key}>
            <code>{key}</code>
          </li>
        ))}
        {more > 0 && <li>and {count(more)} more</li>}
      </ul>
    </div>
  );
}
