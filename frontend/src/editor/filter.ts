import type { Annotations } from "../domain/annotations";
import { isConfirmed } from "../domain/state";
import type { Tube } from "../domain/tube";
import { isOpen } from "./actions/review";
import type { TubeFilter, Ui } from "./ui";

/** Does a tube belong to what the person wants to see? */
export function passesFilter(annotations: Annotations, tube: Tube, ui: Ui): boolean {
  if (ui.filter !== "all") return inFilter(annotations, tube, ui.filter);
  return tube.state !== "rejected" || ui.showRejected;
}

export function inFilter(annotations: Annotations, tube: Tube, filter: TubeFilter): boolean {
  if (filter === "proposed") return isOpen(annotations, tube);
  if (filter === "confirmed") return isConfirmed(tube.state);
  return filter === "rejected" ? tube.state === "rejected" : true;
}
