import type { ImportReport } from "../../api/types";
import { ConfirmDialog } from "../../ui/Dialog";
import { count, plural } from "../format";

interface Props {
  report: ImportReport;
  busy: boolean;
  error: unknown;
  onConfirm: () => void;
  onClose: () => void;
}

/** Asks before what people did gives way to what a file says. */
export function ReplaceDialog({ report, ...dialog }: Props) {
  const { tubes, spans } = report;
  const overruled = tubes.conflict + spans.conflict;
  return (
    <ConfirmDialog title="Replace what is there?" action="Replace" {...dialog}>
      <div className="stack stack-tight">
        <p>
          In {plural(report.videos_total, "video")}, the file's word becomes the only one: tubes,
          actions and segments that it does not hold are removed, whoever confirmed them.
        </p>
        {overruled > 0 && (
          <p>
            Of what people here drew or decided on otherwise, {count(overruled)} become what the
            file says.
          </p>
        )}
        <p>It is one revision, and can be undone as long as nobody works on it further.</p>
      </div>
    </ConfirmDialog>
  );
}
