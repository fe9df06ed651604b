/** The way from one proposal to the next: show it, take the decision, bring the next one. */
import { get, post } from "../api/client";
import type { Queue, QueueItem } from "../api/types";
import type { Span } from "../domain/span";
import type { Tube } from "../domain/tube";
import { chosenSegment, decideSegment, openSegments } from "../editor/actions/segments";
import { acceptTube, isOpen, openTubes, rejectTube } from "../editor/actions/review";
import { fitView, focusTube, loopAround } from "../editor/actions/navigate";
import type { EditorModel } from "../editor/model";
import type { ReviewOrder } from "../editor/ui";
import { wholeWindow } from "../timeline/window";
import { toast, toastError } from "../ui/Toast";

/** Items that the server may still offer although they are decided here. */
const MOST_TRIES = 5;

export class Reviewer {
  constructor(private readonly model: EditorModel) {}

  /** Begins where the address says, else at the first open proposal. */
  start(): void {
    const tube = this.model.selectedTube ?? openTubes(this.model.annotations)[0];
    if (tube) this.show(tube);
    else this.finish();
    if (tube && this.model.ui.get().order === "queue") void this.recognize(tube);
  }

  /** The queue's word on a tube that was opened by its address: why it, and what follows. */
  private async recognize(tube: Tube): Promise<void> {
    const { model } = this;
    const queue = await get<Queue>(`/api/projects/${model.project.id}/queue`).catch(() => null);
    const item = queue?.items.find((entry) => entry.tube_id === tube.id);
    if (item && model.ui.get().tubeId === tube.id) model.ui.set({ item });
  }

  setOrder(order: ReviewOrder): void {
    this.model.ui.set({ order, item: null });
  }

  /** Brings a tube before the person: chosen, large, and going round in its own time. */
  show(tube: Tube): void {
    const { model } = this;
    model.select(tube.id);
    focusTube(model, tube);
    const loop = loopAround(model, tube);
    model.player.setLoop(loop);
    model.player.seek(tube.keyframes[0]!.frame);
    if (!model.player.head.get().isPlaying) model.player.play();
  }

  /** Brings a segment of the video before the person: chosen, and going round. */
  showSegment(span: Span): void {
    const { model } = this;
    model.select(null, span.id);
    model.ui.set({ item: null });
    fitView(model);
    model.window.set(wholeWindow(model.timebase.frameCount));
    model.player.setLoop(span);
    model.player.seek(span.start_frame);
    if (!model.player.head.get().isPlaying) model.player.play();
  }

  accept(): void {
    if (this.decideSegment("accepted")) return;
    // A tube that was decided before is simply left for the next one.
    const { model } = this;
    this.decide((tube) => acceptTube(model, tube) || !isOpen(model.annotations, tube));
  }

  reject(): void {
    if (this.decideSegment("rejected")) return;
    this.decide((tube) => rejectTube(this.model, tube));
  }

  skip(): void {
    const { model } = this;
    const segment = chosenSegment(model);
    if (segment) return this.afterSegment(segment);
    const { item, order } = model.ui.get();
    if (order === "queue" && item) {
      post(`/api/queue/${item.id}/skip`).catch(toastError);
    }
    void this.next();
  }

  /** The neighbor among the open proposals of this video: its tubes, then its segments. */
  move(direction: 1 | -1): void {
    const { model } = this;
    const tubes = openTubes(model.annotations);
    const segments = openSegments(model.annotations);
    const count = tubes.length + segments.length;
    if (count === 0) return toast("Nothing is left to decide in this video.");
    const { tubeId, spanId } = model.ui.get();
    const chosen = tubeId ?? spanId;
    const at = [...tubes, ...segments].findIndex(({ id }) => id === chosen);
    const next = at < 0 ? 0 : (at + direction + count) % count;
    if (next < tubes.length) this.show(tubes[next]!);
    else this.showSegment(segments[next - tubes.length]!);
  }

  /** Decides the chosen segment; says whether one is chosen. */
  private decideSegment(decision: "accepted" | "rejected"): boolean {
    const segment = chosenSegment(this.model);
    if (!segment) return false;
    if (decideSegment(this.model, segment, decision) || segment.state === decision) {
      this.afterSegment(segment);
    }
    return true;
  }

  private afterSegment(segment: Span): void {
    const later = openSegments(this.model.annotations).find(
      (span) => span.id !== segment.id && span.start_frame >= segment.start_frame,
    );
    if (later) this.showSegment(later);
    else if (openTubes(this.model.annotations).length > 0) void this.next();
    else this.end();
  }

  private decide(work: (tube: Tube) => boolean): void {
    if (this.model.ui.get().isFetchingNext) return;
    const tube = this.model.selectedTube;
    if (!tube) return toast("Choose a tube first: click its box or its row.");
    const follower = this.followerOf(tube);
    if (work(tube)) void this.next(follower);
  }

  /** Found before the decision, while the tube still has its place among the open ones. */
  private followerOf(tube: Tube): Tube | null {
    const open = openTubes(this.model.annotations);
    const at = open.findIndex((other) => other.id === tube.id);
    if (at < 0) return open[0] ?? null;
    return open.length > 1 ? open[(at + 1) % open.length]! : null;
  }

  private async next(follower: Tube | null = this.followerInVideo()): Promise<void> {
    const { model } = this;
    if (model.ui.get().order === "queue") {
      // Sent now, so that the server does not offer again what was just decided.
      model.engine.flush();
      const item = await this.takeItem();
      if (item) return this.open(item);
      // The project's queue is empty or out of reach: what this video still has comes next.
    }
    const tube = follower && model.annotations.tubes.get(follower.id);
    if (tube && isOpen(model.annotations, tube)) this.show(tube);
    else this.finish();
  }

  private followerInVideo(): Tube | null {
    const tube = this.model.selectedTube;
    return tube ? this.followerOf(tube) : (openTubes(this.model.annotations)[0] ?? null);
  }

  /** No tube is left: the segments come, if any are open. */
  private finish(): void {
    const segment = openSegments(this.model.annotations)[0];
    if (segment) this.showSegment(segment);
    else this.end();
  }

  private end(): void {
    const { model } = this;
    model.player.pause();
    model.player.setLoop(null);
    fitView(model);
    model.window.set(wholeWindow(model.timebase.frameCount));
    model.ui.set({ isDone: true, tubeId: null, spanId: null, item: null });
  }

  private open(item: QueueItem): void {
    const { model } = this;
    const tube = model.annotations.tubes.get(item.tube_id);
    if (item.video_id === model.video.id && tube) {
      model.ui.set({ item });
      this.show(tube);
      return;
    }
    model.engine.flush();
    const { id } = model.project;
    model.navigate(`/projects/${id}/videos/${item.video_id}?tube=${item.tube_id}&review=1`);
  }

  /** Leases the next item. Not done ahead of time: a person holds one lease, that on this tube. */
  private async takeItem(): Promise<QueueItem | null> {
    const { model } = this;
    model.ui.set({ isFetchingNext: true });
    try {
      return await this.fetchItem(model.ui.get().item);
    } catch (error) {
      toastError(error);
      return null;
    } finally {
      model.ui.set({ isFetchingNext: false });
    }
  }

  /** The next item of the project's ranking that is not decided on this page already. */
  private async fetchItem(after: QueueItem | null): Promise<QueueItem | null> {
    let item = after;
    for (let tries = 0; tries < MOST_TRIES; tries++) {
      const path = `/api/projects/${this.model.project.id}/queue/next`;
      item = await post<QueueItem | null>(path, item ? { after: item.id } : {});
      if (!item || !this.isDecidedHere(item)) return item;
      const { ui } = this.model;
      if (item.tube_id === ui.get().tubeId) ui.set({ item });
    }
    return null;
  }

  private isDecidedHere(item: QueueItem): boolean {
    const { model } = this;
    if (item.video_id !== model.video.id) return false;
    const tube = model.annotations.tubes.get(item.tube_id);
    return !tube || !isOpen(model.annotations, tube) || tube.id === model.ui.get().tubeId;
  }
}
