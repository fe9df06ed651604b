/** The way from one viewing to the next: show it, take the answer, bring the next one. */
import { get, post } from "../api/client";
import type { Queue, QueueItem } from "../api/types";
import type { FrameRange, Span } from "../domain/span";
import type { Tube } from "../domain/tube";
import { chosenSegment, decideSegment, openSegments } from "../editor/actions/segments";
import {
  acceptTube,
  coverStretch,
  isCovered,
  isOpen,
  isStretchCovered,
  openTubes,
  rejectTube,
} from "../editor/actions/review";
import { fitView, focusTube, loopAround } from "../editor/actions/navigate";
import type { EditorModel } from "../editor/model";
import { NOTHING_SAID, type ReviewOrder } from "../editor/ui";
import { filtersText, keptFilters } from "../pages/queue/filters";
import { reviewPath } from "../pages/paths";
import { waitingText } from "../pages/queue/queueText";
import { windowAround, wholeWindow } from "../timeline/window";
import { toast, toastError } from "../ui/Toast";
import { isSecondLook } from "./concealed";
import { renew } from "./lease";
import { secondLook, sendAnswer, withPerson } from "./second";

/** Items that the server may still offer although they are decided here. */
const MOST_TRIES = 5;

export class Reviewer {
  constructor(private readonly model: EditorModel) {}

  /** Begins where the address says, else at the first open proposal. */
  start(): void {
    const { model } = this;
    const { stretch, spanId, order } = model.ui.get();
    model.ui.set({ isRecognizing: order === "queue" });
    const segment = spanId ? model.annotations.spans.get(spanId) : undefined;
    const tube = model.selectedTube;
    if (tube) this.show(tube);
    else if (segment && segment.tube_id === null) this.showSegment(segment);
    else if (stretch) this.showStretch(stretch);
    else return this.startInVideo();
    if (order === "queue") void this.recognize();
  }

  private startInVideo(): void {
    const tube = openTubes(this.model.annotations)[0];
    this.model.ui.set({ isRecognizing: false });
    if (tube) this.show(tube);
    else this.finish();
  }

  /** The queue's word on what was opened by its address: why it, how, and what follows. */
  private async recognize(): Promise<void> {
    const { model } = this;
    const { tubeId, spanId, stretch } = model.ui.get();
    try {
      const about = tubeId ?? spanId;
      const search = about
        ? `?about=${about}`
        : `?kind=stretch&video=${model.video.id}`;
      const queue = await get<Queue>(`/api/projects/${model.project.id}/queue${search}`);
      const item = queue.items.find(
        (entry) => about !== null || entry.start_frame === stretch?.start_frame,
      );
      const now = model.ui.get();
      const isThere = now.tubeId === tubeId && now.spanId === spanId && now.stretch === stretch;
      if (!item || !isThere) return;
      // A second look is for somebody else than who decided first: the server knows for whom.
      if (isSecondLook(item) && !(model.canEdit && (await renew(model, item)))) return;
      model.ui.set({ item, second: NOTHING_SAID });
      if (model.canEdit && !isSecondLook(item)) void renew(model, item);
    } catch {
      // Without the queue's word it is reviewed like any other proposal.
    } finally {
      model.ui.set({ isRecognizing: false });
    }
  }

  setOrder(order: ReviewOrder): void {
    const { item } = this.model.ui.get();
    // A viewing that began blind stays blind.
    this.model.ui.set({ order, item: item?.blind ? item : null });
  }

  /** Brings a tube before the person: chosen, large, and going round in its own time. */
  show(tube: Tube): void {
    const { model } = this;
    model.select(tube.id);
    focusTube(model, tube);
    this.play(loopAround(model, tube), tube.keyframes[0]!.frame);
  }

  /** Brings a segment of the video before the person: chosen, and going round. */
  showSegment(span: Span): void {
    const { model } = this;
    model.select(null, span.id);
    fitView(model);
    model.window.set(wholeWindow(model.timebase.frameCount));
    this.play(span, span.start_frame);
  }

  /** Brings a stretch of the video before the person: the whole picture, going round. */
  showStretch(stretch: FrameRange): void {
    const { model } = this;
    model.select(null);
    model.ui.set({ stretch });
    fitView(model);
    model.window.set(windowAround(stretch, model.timebase.frameCount, 0));
    this.play(stretch, stretch.start_frame);
  }

  private play(loop: FrameRange, frame: number): void {
    const { player } = this.model;
    player.setLoop(loop);
    player.seek(frame);
    if (!player.head.get().isPlaying) player.play();
  }

  accept(): void {
    const { model } = this;
    // What may be blind is not on the screen yet.
    if (model.ui.get().isRecognizing) return;
    const look = secondLook(model);
    if (look) return void this.answerSecond(look);
    if (this.decideSegment("accepted")) return;
    const { tubeId, stretch } = model.ui.get();
    if (!tubeId && stretch) return this.nothingMissing(stretch);
    // A tube that was decided before is simply left for the next one.
    this.decide((tube) => acceptTube(model, tube) || !isOpen(model.annotations, tube));
  }

  reject(): void {
    const { model } = this;
    if (model.ui.get().isRecognizing) return;
    const look = secondLook(model);
    if (look) return model.ui.set({ second: withPerson(model.ui.get().second, false) });
    if (this.decideSegment("rejected")) return;
    const { tubeId, stretch, item } = model.ui.get();
    if (item && asksActionsOnly(item) && this.isShown(item)) return toast(CONFIRMED);
    if (!tubeId && stretch) {
      return toast("There is no proposal to reject here: draw who is missing with N, or press Enter.");
    }
    this.decide((tube) => rejectTube(model, tube));
  }

  /** Puts the item aside, for everybody, until another model asks for it. */
  skip(): void {
    const { model } = this;
    const { item, order } = model.ui.get();
    const segment = chosenSegment(model);
    if (segment && !this.isAsked(segment)) return this.afterSegment(segment);
    if (order === "queue" && item) post(`/api/queue/${item.id}/skip`).catch(toastError);
    this.goOn();
  }

  /** In a second look: it is a person. */
  sayPerson(): void {
    const { ui } = this.model;
    if (secondLook(this.model)) ui.set({ second: withPerson(ui.get().second, true) });
  }

  /** Leaves the item to somebody else, in its place in the order. */
  async unsure(): Promise<void> {
    const { model } = this;
    const { item } = model.ui.get();
    if (!item || !this.isShown(item)) {
      return toast("Only what comes from the project’s queue can be left to somebody else: skip it.");
    }
    try {
      const { others } = await post<{ others: number }>(`/api/queue/${item.id}/unsure`);
      toast(others > 0 ? "Left to somebody else." : ALONE, "ok", "unsure");
      this.goOn();
    } catch (error) {
      toastError(error);
    }
  }

  /** On to the next, in the order that is chosen. */
  goOn(): void {
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

  /** The range was looked through, and everybody in it is there. */
  private nothingMissing(stretch: FrameRange): void {
    const { model } = this;
    if (model.ui.get().isFetchingNext) return;
    if (isStretchCovered(model, stretch) || coverStretch(model, stretch)) void this.next(null);
  }

  private async answerSecond(item: QueueItem): Promise<void> {
    const { model } = this;
    if (model.ui.get().isFetchingNext) return;
    if (model.ui.get().second.person === null) {
      return toast("Say first whether this is a person (P or X), or choose what they do.");
    }
    model.ui.set({ isFetchingNext: true });
    try {
      await sendAnswer(model, item);
    } catch (error) {
      model.ui.set({ isFetchingNext: false });
      return toastError(error);
    }
    model.ui.set({ isFetchingNext: false });
    await this.next(null);
  }

  /** Decides the chosen segment; says whether one is chosen. */
  private decideSegment(decision: "accepted" | "rejected"): boolean {
    const { model } = this;
    const segment = chosenSegment(model);
    if (!segment) return false;
    const isAsked = this.isAsked(segment);
    if (decideSegment(model, segment, decision) || segment.state !== "proposed") {
      if (isAsked) this.goOn();
      else this.afterSegment(segment);
    }
    return true;
  }

  /** Is this segment what the queue asks about? */
  private isAsked(segment: Span): boolean {
    const { item, order } = this.model.ui.get();
    return order === "queue" && item?.span_id === segment.id;
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
    const { model } = this;
    const { isFetchingNext, item, stretch } = model.ui.get();
    if (isFetchingNext) return;
    const tube = model.selectedTube;
    if (!tube) return toast("Choose a tube first: click its box or its row.");
    const follower = this.followerOf(tube);
    if (!work(tube)) return;
    // Somebody was drawn into a stretch: is anybody else missing there?
    if (stretch && item?.kind === "stretch") this.showStretch(stretch);
    else void this.next(follower);
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
      if (await this.saysWhyNothing()) return this.end();
      // The project's queue is empty or out of reach: what this video still has comes next.
    }
    model.ui.set({ item: null, stretch: null });
    const tube = follower && model.annotations.tubes.get(follower.id);
    if (tube && isOpen(model.annotations, tube)) this.show(tube);
    else this.finish();
  }

  private followerInVideo(): Tube | null {
    const tube = this.model.selectedTube;
    return tube ? this.followerOf(tube) : (openTubes(this.model.annotations)[0] ?? null);
  }

  /** Nothing comes under the filters, or the rest is others': the person is told, not led there. */
  private async saysWhyNothing(): Promise<boolean> {
    const { project } = this.model;
    const isFiltered = filtersText(keptFilters(project.id)) !== "";
    if (isFiltered) {
      toast("Nothing is left for you under the queue’s filters.", "ok", "queue");
      return true;
    }
    const queue = await get<Queue>(`/api/projects/${project.id}/queue`).catch(() => null);
    const waiting = queue && waitingText(queue);
    if (waiting) toast(`Nothing is left for you in the queue: ${waiting}`, "ok", "queue");
    return !!waiting;
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
    model.ui.set({ isDone: true, tubeId: null, spanId: null, stretch: null, item: null });
  }

  /** Shows an item of this video, or goes to the video it is on. */
  private open(item: QueueItem): void {
    const { model } = this;
    const { annotations } = model;
    if (item.video_id === model.video.id) {
      const tube = annotations.tubes.get(item.tube_id ?? "");
      const span = annotations.spans.get(item.span_id ?? "");
      const stretch = stretchOf(item);
      if (tube || span || stretch) {
        model.ui.set({ item, second: NOTHING_SAID, stretch: null });
        if (tube) this.show(tube);
        else if (span) this.showSegment(span);
        else this.showStretch(stretch!);
        return;
      }
    }
    model.engine.flush();
    model.navigate(reviewPath(model.project.id, item));
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
    const { project } = this.model;
    const filters = keptFilters(project.id);
    let item = after;
    for (let tries = 0; tries < MOST_TRIES; tries++) {
      const path = `/api/projects/${project.id}/queue/next`;
      item = await post<QueueItem | null>(path, { filters, ...(item && { after: item.id }) });
      if (!item || !(this.isDecidedHere(item) || this.isShown(item))) return item;
    }
    return null;
  }

  private isShown(item: QueueItem): boolean {
    const { tubeId, spanId, stretch } = this.model.ui.get();
    if (item.kind === "stretch") return !tubeId && stretch?.start_frame === item.start_frame;
    return item.kind === "tube" ? item.tube_id === tubeId : item.span_id === spanId;
  }

  private isDecidedHere(item: QueueItem): boolean {
    const { model } = this;
    if (item.video_id !== model.video.id || isSecondLook(item)) return false;
    const { annotations } = model;
    const stretch = stretchOf(item);
    if (stretch) return isStretchCovered(model, stretch);
    if (item.kind === "segment") {
      return annotations.spans.get(item.span_id ?? "")?.state !== "proposed";
    }
    const tube = annotations.tubes.get(item.tube_id ?? "");
    if (!tube) return true;
    if (item.slice === "schema") return isCovered(model, annotations, tube);
    return !isOpen(annotations, tube);
  }
}

/** Somebody confirmed this person before the label was there: a no is a no to the label. */
export const asksActionsOnly = (item: QueueItem): boolean => item.slice === "schema";

const CONFIRMED =
  "This person was confirmed before: only the actions are asked. Mark what they do, or nothing, and press Enter.";
const ALONE =
  "Nobody else in this project can annotate: it stays in the queue until somebody joins who can.";

function stretchOf({ kind, start_frame, end_frame }: QueueItem): FrameRange | null {
  if (kind !== "stretch" || start_frame === null || end_frame === null) return null;
  return { start_frame, end_frame };
}
