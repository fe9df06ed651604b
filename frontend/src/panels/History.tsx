import { useEffect, useState } from "react";

import { get } from "../api/client";
import type { HistoryEntry } from "../api/types";
import type { EditorModel } from "../editor/model";
import { useStore } from "../editor/store";
import { Dialog } from "../ui/Dialog";
import { ErrorNote } from "../ui/states";

const ORIGINS: Record<string, string> = { hand: "", run: "model", import: "import" };

/** Who changed what and when, as the server has it. */
export function History({ model }: { model: EditorModel }) {
  const revision = useStore(model.doc, (doc) => doc.revision);
  const [entries, setEntries] = useState<HistoryEntry[] | null>(null);
  const [error, setError] = useState<unknown>(null);
  useEffect(() => {
    get<HistoryEntry[]>(`/api/videos/${model.video.id}/history`).then(setEntries, setError);
  }, [model, revision]);
  return (
    <Dialog title="History of this video" onClose={() => model.ui.set({ dialog: null })}>
      <ErrorNote error={error} />
      {!entries && !error && <p className="hint">Loading…</p>}
      {entries?.length === 0 && <p className="hint">Nothing has been saved yet.</p>}
      <ol className="history">
        {entries?.map((entry) => (
          <li key={entry.number}>
            <span className="number muted">{entry.number}</span>
            <span className="grow">{entry.summary || `${entry.operations_count} changes`}</span>
            <span className="muted small">
              {[entry.author, ORIGINS[entry.origin] ?? entry.origin].filter(Boolean).join(", ")}
            </span>
            <time className="muted small number" dateTime={entry.created_at}>
              {new Date(entry.created_at).toLocaleString()}
            </time>
          </li>
        ))}
      </ol>
    </Dialog>
  );
}
