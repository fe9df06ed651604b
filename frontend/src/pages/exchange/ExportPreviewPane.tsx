import { useEffect, useState, type ReactNode } from "react";

import { useExportPreview } from "../../api/queries";
import type { ExportPreview, Project } from "../../api/types";
import { ErrorNote } from "../../ui/states";
import { count, duration } from "../format";
import { exportBody, lostText, type ExportChoice } from "./exportRequest";

const PAUSE_MS = 300;

interface Props {
  project: Project;
  choice: ExportChoice;
  isValid: boolean;
}

/** What the file would hold, as the choices stand. */
export function ExportPreviewPane({ project, choice, isValid }: Props) {
  const settled = useSettled(isValid ? choice : null);
  const preview = useExportPreview(project.id, exportBody(settled ?? choice), isValid);
  const { data } = preview;
  const stale = preview.isFetching || (isValid && settled !== choice);
  return (
    <aside className="export-preview" aria-label="What the file will hold" aria-busy={stale}>
      <h3>What the file will hold</h3>
      <div aria-live="polite">
        {preview.error ? <ErrorNote error={preview.error} /> : data && <Figures preview={data} />}
        {!data && !preview.error && <p className="small muted">Counting…</p>}
      </div>
    </aside>
  );
}

function Figures({ preview }: { preview: ExportPreview }) {
  const lost = lostText(preview.lost);
  const { tubes, spans, segments, video_classes: classes } = preview;
  const isEmpty = tubes + spans + segments + classes === 0;
  return (
    <>
      <dl className="preview-figures">
        <Figure name="Videos">{count(preview.videos)}</Figure>
        <Figure name="Tubes">{count(tubes)}</Figure>
        <Figure name="Actions">{count(spans)}</Figure>
        <Figure name="Segments">{count(segments)}</Figure>
        <Figure name="Video classes">{count(classes)}</Figure>
        <Figure name="Reviewed time">{duration(preview.reviewed_s)}</Figure>
      </dl>
      {isEmpty && (
        <p className="notice small">Nothing fits these choices: the file will be empty.</p>
      )}
      {lost && (
        <div className="notice notice-warn small">
          <span>The format has no place for {lost}.</span>
        </div>
      )}
    </>
  );
}

function Figure({ name, children }: { name: string; children: ReactNode }) {
  return (
    <div>
      <dt className="muted">{name}</dt>
      <dd className="number strong">{children}</dd>
    </div>
  );
}

/** The last value that stood still for a moment, so that typing asks the server once. */
function useSettled<T>(value: T): T {
  const [settled, setSettled] = useState(value);
  useEffect(() => {
    const timer = setTimeout(() => setSettled(value), PAUSE_MS);
    return () => clearTimeout(timer);
  }, [value]);
  return settled;
}
