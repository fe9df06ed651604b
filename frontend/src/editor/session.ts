import { Reviewer } from "../review/reviewer";
import { acceptTube, rejectTube } from "./actions/review";
import { chosenSegment, decideSegment } from "./actions/segments";
import { fitView } from "./actions/navigate";
import { withTube } from "./actions/tubes";
import type { EditorModel } from "./model";
import type { Mode } from "./ui";
import { toast } from "../ui/Toast";

/** A model and the one who leads through its proposals. */
export class EditorSession {
  readonly reviewer: Reviewer;

  constructor(readonly model: EditorModel) {
    this.reviewer = new Reviewer(model);
  }

  setMode(mode: Mode): void {
    const { model } = this;
    if (mode === model.ui.get().mode) return;
    if (mode === "review" && model.video.is_blind) {
      return toast("This is a hold-out video: there are no proposals to review, draw what you see.");
    }
    model.ui.set({ mode, isDone: false, marking: null, tool: "select" });
    if (mode === "review") return this.reviewer.start();
    model.player.pause();
    model.player.setLoop(null);
    fitView(model);
  }

  acceptHere(): void {
    const segment = chosenSegment(this.model);
    if (segment) decideSegment(this.model, segment, "accepted");
    else withTube(this.model, (tube) => acceptTube(this.model, tube));
  }

  rejectHere(): void {
    const segment = chosenSegment(this.model);
    if (segment) decideSegment(this.model, segment, "rejected");
    else withTube(this.model, (tube) => rejectTube(this.model, tube));
  }
}
