/** Many tubes accepted by one gesture, where their scores allow it. */
import type { SureTubes } from "../api/types";
import type { Annotations } from "../domain/annotations";
import type { Operation } from "../domain/operations";
import type { Tube } from "../domain/tube";
import { isOpen, openTubes } from "../editor/actions/review";
import type { EditorSession } from "../editor/session";
import { plural } from "../pages/format";
import { toast } from "../ui/Toast";

/** Those that are open proposals here and now: what the server said may be a moment old. */
export function stillSure(annotations: Annotations, said: SureTubes): Tube[] {
  return said.tube_ids.flatMap((id) => {
    const tube = annotations.tubes.get(id);
    return tube?.state === "proposed" ? [tube] : [];
  });
}

export function acceptSure({ model, reviewer }: EditorSession, tubes: readonly Tube[]): void {
  const what = plural(tubes.length, "sure tube");
  const operations = tubes.map(
    (tube): Operation => ({ op: "tube_decide", tube_id: tube.id, decision: "accepted" }),
  );
  if (!model.edit(`Accept ${what}`, operations, null, { acceptAll: true })) return;
  toast(`Accepted the boxes of ${what}. Ctrl+Z takes it back.`, "ok", "sure");
  const chosen = model.selectedTube;
  const isLeft = openTubes(model.annotations).length > 0;
  if (isLeft && (!chosen || !isOpen(model.annotations, chosen))) reviewer.move(1);
}
