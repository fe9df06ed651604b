import { useState } from "react";

import type { ImportMode, ImportReport, Project } from "../../api/types";
import { Button } from "../../ui/Button";
import { CheckField } from "../../ui/CheckField";
import { ErrorNote } from "../../ui/states";
import { plural } from "../format";
import { changesAnything, verdict } from "./importReport";
import type { ReadingOptions } from "./importRequest";
import { LabelMapping } from "./LabelMapping";
import { differs, toMapping, undecided, type Choices, type Mapping } from "./mapping";
import { ReadingFields } from "./ReadingFields";
import { ReplaceDialog } from "./ReplaceDialog";
import {
  Assumptions,
  Conflicts,
  CountsTable,
  ErrorTable,
  UnknownVideos,
  VideoBreakdown,
} from "./ReportParts";

export interface Order {
  mode: ImportMode;
  mapping: Mapping;
  options: ReadingOptions;
  skipBadRows: boolean;
}

interface Props {
  project: Project;
  /** The job that has the file. */
  jobId: string;
  report: ImportReport;
  asked: ReadingOptions;
  /** What is being started, if anything is. */
  starting: ImportMode | null;
  error: unknown;
  onStart: (order: Order) => void;
}

/** What the file would do, and the choices that a person has before it does. */
export function ImportPreview(props: Props) {
  const { project, jobId, report, asked, starting, error, onStart } = props;
  const [choices, setChoices] = useState<Choices>({});
  const [options, setOptions] = useState(asked);
  const [skipBadRows, setSkipBadRows] = useState(false);
  const [replacing, setReplacing] = useState(false);
  const { labels, error_count: wrong } = report;
  const changed = differs(labels, choices) || !sameOptions(asked, options);
  const order = (mode: ImportMode): Order => ({
    mode,
    mapping: toMapping(labels, choices),
    options,
    skipBadRows,
  });
  const open = undecided(labels, choices).length;
  const useful = changesAnything(report) && open === 0 && !changed;
  return (
    <>
      <div className="panel-body import-report">
        <h3 className={wrong > 0 ? "bad" : undefined}>{verdict(report)}</h3>
        <CountsTable report={report} />
        <UnknownVideos report={report} />
        {labels.length > 0 && (
          <LabelMapping
            labels={labels}
            projectLabels={project.labels}
            choices={choices}
            disabled={starting !== null}
            onChoose={setChoices}
          />
        )}
        <ErrorTable report={report} />
        <Conflicts report={report} />
        <VideoBreakdown report={report} />
        <Assumptions lines={report.assumptions} />
        <details className="more import-part" open={report.videos_total === 0}>
          <summary>How to read the file</summary>
          <ReadingFields
            format={report.format}
            project={project}
            options={options}
            onChange={(change) => setOptions({ ...options, ...change })}
          />
        </details>
      </div>
      <div className="import-decide">
        {!replacing && <ErrorNote error={error} />}
        {wrong > 0 && (
          <CheckField
            label={`Leave out the ${plural(wrong, "row")} that cannot be read`}
            hint="Or correct the file and choose it again."
            checked={skipBadRows}
            onChange={setSkipBadRows}
          />
        )}
        <div className="row row-wrap">
          {changed && (
            <Button
              variant="primary"
              busy={starting === "dry-run"}
              onClick={() => onStart(order("dry-run"))}
            >
              Check again
            </Button>
          )}
          <Button
            variant={changed ? "default" : "primary"}
            busy={starting === "merge"}
            disabled={!useful || (wrong > 0 && !skipBadRows) || starting !== null}
            onClick={() => onStart(order("merge"))}
          >
            Merge
          </Button>
          <Button
            variant="danger"
            disabled={report.videos_total === 0 || open > 0 || changed || wrong > 0}
            onClick={() => setReplacing(true)}
          >
            Replace…
          </Button>
          <span className="small muted grow">{advice(open, changed, wrong)}</span>
        </div>
      </div>
      {replacing && (
        <ReplaceDialog
          projectId={project.id}
          request={{ ...order("replace"), source: { jobId } }}
          busy={starting === "replace"}
          error={error}
          onConfirm={() => onStart(order("replace"))}
          onClose={() => setReplacing(false)}
        />
      )}
    </>
  );
}

function advice(open: number, changed: boolean, wrong: number): string {
  if (changed) return "Check again to see what the file does with these choices.";
  if (open > 0) return `Say what becomes of ${plural(open, "label")} first.`;
  if (wrong > 0) return "A file with rows that cannot be read is not taken to replace anything.";
  return "Merging keeps what people did here; replacing makes the file's word the only one.";
}

const sameOptions = (a: ReadingOptions, b: ReadingOptions): boolean =>
  JSON.stringify(a) === JSON.stringify(b);
