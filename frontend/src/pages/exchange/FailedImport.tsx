import { useState } from "react";

import type { Project } from "../../api/types";
import { Button } from "../../ui/Button";
import { ErrorNote } from "../../ui/states";
import { isRate, type ReadingOptions } from "./importRequest";
import { FormatField, ReadingFields } from "./ReadingFields";

interface Props {
  project: Project;
  /** Why nothing came of it. */
  reason: unknown;
  asked: ReadingOptions;
  fileName: string;
  busy: boolean;
  /** Why it could not be started again. */
  error: unknown;
  onCheck: (options: ReadingOptions) => void;
}

/** A file that could not be read: why, and another way to read it, without sending it again. */
export function FailedImport(props: Props) {
  const { project, reason, asked, fileName, busy, error, onCheck } = props;
  const [options, setOptions] = useState(asked);
  const change = (next: Partial<ReadingOptions>) => setOptions({ ...options, ...next });
  return (
    <form
      className="panel-body stack"
      onSubmit={(event) => {
        event.preventDefault();
        onCheck(options);
      }}
    >
      <ErrorNote error={reason} />
      <FormatField options={options} fileName={fileName} disabled={busy} onChange={change} />
      <ReadingFields
        format={options.format}
        project={project}
        options={options}
        disabled={busy}
        onChange={change}
      />
      <ErrorNote error={error} />
      <div className="row">
        <Button type="submit" variant="primary" busy={busy} disabled={!isRate(options.frameRate)}>
          Check again
        </Button>
        <span className="small muted">The file need not be sent again.</span>
      </div>
    </form>
  );
}
