import { useEffect } from "react";

import type { EditorModel } from "../editor/model";
import { useStore } from "../editor/store";
import type { ConflictObject } from "../sync/commit";
import { Button } from "../ui/Button";
import { Dialog } from "../ui/Dialog";
import { labelName } from "../editor/actions/spans";
import { tubeName } from "../editor/actions/tubes";

/** Two people changed the same thing: both versions are kept until one is chosen. */
export function Conflict({ model }: { model: EditorModel }) {
  const status = useStore(model.doc, (doc) => doc.status);
  const close = () => model.ui.set({ dialog: null });
  const isOver = status.state !== "conflict";
  useEffect(() => {
    if (isOver) model.ui.set({ dialog: null });
  }, [isOver, model]);
  if (isOver) return null;
  return (
    <Dialog
      title="Changed by someone else too"
      onClose={close}
      footer={
        <>
          <Button onClick={() => void model.engine.keepTheirs()}>Keep theirs</Button>
          <Button variant="primary" onClick={() => void model.engine.applyMine()}>
            Apply mine
          </Button>
        </>
      }
    >
      <div className="stack">
        <p>
          While you worked, somebody else (another person, another tab or a model) changed the same:
        </p>
        <ul className="conflict-list">
          {status.objects.map((object) => (
            <li key={object.id}>{describe(model, object)}</li>
          ))}
        </ul>
        <p className="muted">
          “Keep theirs” drops your changes to these and keeps all your others. “Apply mine” does
          your changes on top of theirs. Either is in the history.
        </p>
      </div>
    </Dialog>
  );
}

function describe(model: EditorModel, object: ConflictObject): string {
  const end = object.theirs === null ? "was removed by them" : "was changed by them";
  const { tubes, spans } = model.annotations;
  if (object.kind === "tube") {
    const tube = tubes.get(object.id);
    return `Tube ${tube ? tubeName(tube) : ""} ${end}`;
  }
  const span = spans.get(object.id);
  const owner = span?.tube_id ? tubes.get(span.tube_id) : undefined;
  const where = owner ? ` of tube ${tubeName(owner)}` : "";
  if (object.kind === "span")
    return `${span ? labelName(model, span.label_id) : "A span"}${where} ${end}`;
  return `What counts as reviewed ${end}`;
}
