/** A second look: what a person says of a tube without knowing what was said before. */
import { post } from "../api/client";
import type { QueueItem } from "../api/types";
import type { Label } from "../domain/taxonomy";
import type { EditorModel } from "../editor/model";
import { NOTHING_SAID, type SecondSaid } from "../editor/ui";
import { isSecondLook } from "./concealed";

/** The second look that is before the person now, if it is one. */
export function secondLook(model: EditorModel): QueueItem | null {
  const { item, tubeId, mode } = model.ui.get();
  return item && isSecondLook(item) && item.tube_id === tubeId && mode === "review" ? item : null;
}

/** The answer with an action on or off; with `isOnly` it is the only one. */
export function withAction(said: SecondSaid, labelId: number, isOnly = false): SecondSaid {
  if (isOnly) return { person: true, labelIds: [labelId] };
  const isOn = said.labelIds.includes(labelId);
  const labelIds = said.labelIds.filter((id) => id !== labelId);
  return { person: true, labelIds: isOn ? labelIds : [...labelIds, labelId] };
}

/** Not a person: then there are no actions either. */
export const withPerson = (said: SecondSaid, person: boolean): SecondSaid =>
  person ? { ...said, person } : { person, labelIds: [] };

export function pressAction(model: EditorModel, label: Label, isOnly: boolean): void {
  model.ui.set({ second: withAction(model.ui.get().second, label.id, isOnly) });
}

/** Sends the answer; the server keeps it beside the annotations, which stay as they are. */
export async function sendAnswer(model: EditorModel, item: QueueItem): Promise<void> {
  const { second } = model.ui.get();
  await post(`/api/queue/${item.id}/answer`, {
    person: second.person,
    label_ids: second.labelIds,
    seconds: model.activity.take(),
  });
  model.ui.set({ second: NOTHING_SAID });
}
