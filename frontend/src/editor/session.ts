import { Reviewer } from "../review/reviewer";
import { rejectTube } from "./actions/review";
import { fitView } from "./actions/navigate";
import { withTube } from "./actions/tubes";
import type { EditorModel } from "./model";
import type { Mode } from "./ui";

/** A model and the one who leads through its proposals. */
export class EditorSession {
  readonly reviewer: Reviewer;

  constructor(readonly model: EditorModel) {
    this.reviewer = new Reviewer(model);
  }

  setMode(mode: Mode): void {
    const { model } = this;
    if (mode === model.ui.get().mode) return;
    model.ui.set({ mode, isDone: false, marking: null, tool: "select" });
    if (mode === "review") return this.reviewer.start();
    model.player.pause();
    model.player.setLoop(null);
    fitView(model);
  }

  rejectHere(): void {
    withTube(this.model, (tube) => rejectTube(this.model, tube));
  }
}
