import type { Project, Video } from "../api/types";
import { Store } from "./store";
import { UndoStack } from "./undo";
import { firstUi, type Mode, type Subject, type Ui } from "./ui";
import { FIT, type Size, type View } from "../canvas/view";
import type { Annotations, Change } from "../domain/annotations";
import { InvalidInput } from "../domain/errors";
import type { Operation } from "../domain/operations";
import { labelsOfKind, type Label } from "../domain/taxonomy";
import { Timebase, type TimebaseData } from "../domain/timebase";
import type { Frame, Tube } from "../domain/tube";
import { Player } from "../player/player";
import { concealed, concealedOf, isSame, isSecondLook, type Concealed } from "../review/concealed";
import type { Activity } from "../sync/activity";
import type { EditOptions, SyncEngine } from "../sync/engine";
import type { SaveStatus } from "../sync/status";
import { wholeWindow, type TimeWindow } from "../timeline/window";
import { toast } from "../ui/Toast";

export interface Doc {
  readonly annotations: Annotations;
  /** The same without what must not be seen now; see concealed.ts. */
  readonly shown: Annotations;
  readonly status: SaveStatus;
  readonly revision: number;
  readonly canUndo: boolean;
  readonly canRedo: boolean;
}

export interface ModelParts {
  project: Project;
  video: Video;
  timebase: TimebaseData;
  engine: SyncEngine;
  activity: Activity;
  mode: Mode;
  subject: Subject;
  navigate: (path: string) => void;
}

/** One open video: its annotations, its player and what is chosen. No component state outside. */
export class EditorModel {
  readonly project: Project;
  readonly video: Video;
  readonly timebase: Timebase;
  readonly labels: ReadonlyMap<number, Label>;
  readonly engine: SyncEngine;
  readonly activity: Activity;
  readonly player: Player;
  readonly navigate: (path: string) => void;
  readonly doc: Store<Doc>;
  readonly ui: Store<Ui>;
  readonly view = new Store<View>(FIT);
  readonly window: Store<TimeWindow>;
  /** Told by the stage, for views that depend on its size. */
  stageSize: Size = { width: 0, height: 0 };
  private readonly undoStack = new UndoStack();
  private lastShown: { annotations: Annotations; hidden: Concealed; shown: Annotations } | null =
    null;

  constructor(parts: ModelParts) {
    this.project = parts.project;
    this.video = parts.video;
    this.timebase = new Timebase(parts.timebase);
    this.labels = new Map(parts.project.labels.map((label) => [label.id, label]));
    this.engine = parts.engine;
    this.activity = parts.activity;
    this.navigate = parts.navigate;
    this.ui = new Store(firstUi(parts.mode, parts.subject));
    this.window = new Store(wholeWindow(this.timebase.frameCount));
    this.doc = new Store(this.readDoc());
    this.player = new Player(this.timebase, {
      mediaUrl: parts.video.media_url ?? `/api/videos/${parts.video.id}/media`,
      frameUrl: (frame) => `/api/videos/${parts.video.id}/frames/${frame}`,
      width: parts.video.width,
      height: parts.video.height,
    });
    this.engine.subscribe(() => this.refresh());
    this.ui.subscribe(() => this.doc.set({ shown: this.readShown() }));
  }

  get annotations(): Annotations {
    return this.doc.get().annotations;
  }

  get shown(): Annotations {
    return this.doc.get().shown;
  }

  /** Is this tube shown without what a model said of it? */
  isBlind(tubeId: string): boolean {
    const { proposals, everything } = concealedOf(this.ui.get());
    return proposals.has(tubeId) || everything === tubeId;
  }

  /** Where the person is: while a seek is under way, where it goes. */
  get frame(): Frame {
    return this.player.head.get().target;
  }

  get selectedTube(): Tube | null {
    const { tubeId } = this.ui.get();
    return (tubeId && this.annotations.tubes.get(tubeId)) || null;
  }

  get canEdit(): boolean {
    return this.project.role !== "viewer";
  }

  labelsOf(kind: Label["kind"]): Label[] {
    return labelsOfKind(this.project.labels, kind);
  }

  /** Does operations, records them for undo, and says so when they cannot be done. */
  edit(
    title: string,
    operations: readonly Operation[],
    group: string | null = null,
    options: EditOptions = {},
  ): boolean {
    if (operations.length === 0) return false;
    const changes = this.tryEdit(operations, options);
    if (!changes || changes.length === 0) return false;
    this.undoStack.record({ title, changes, group, timeMs: Date.now() });
    this.refresh();
    return true;
  }

  undo(): void {
    this.takeStep("undo");
  }

  redo(): void {
    this.takeStep("redo");
  }

  /** Chooses a tube, and one of its spans; never makes a keyframe. */
  select(tubeId: string | null, spanId: string | null = null): void {
    this.ui.set({ tubeId, spanId, isDone: false });
  }

  private takeStep(way: "undo" | "redo"): void {
    const step = this.undoStack[way](this.annotations);
    if (!step) {
      return toast(`Nothing to ${way} in this video since it was opened.`, "ok", "undo");
    }
    if (!step.operation) {
      toast(
        `“${step.entry.title}” cannot be ${way === "undo" ? "undone" : "done again"}: it was changed elsewhere since.`,
        "bad",
      );
    } else if (this.tryEdit([step.operation])) {
      this.showChanged(step.entry.changes);
      toast(`${way === "undo" ? "Undone" : "Done again"}: ${step.entry.title}.`, "ok", "undo");
    }
    this.refresh();
  }

  /** What came back is chosen, so that it is seen. */
  private showChanged(changes: readonly Change[]): void {
    const tubes = changes.map((c) => (c.kind === "tube" ? c.id : (c.after ?? c.before)!.tube_id));
    const there = tubes.find((id) => id !== null && this.annotations.tubes.has(id));
    if (there && there !== this.ui.get().tubeId) this.select(there);
  }

  private tryEdit(
    operations: readonly Operation[],
    options: EditOptions = {},
  ): readonly Change[] | null {
    if (!this.canEdit) {
      toast("You may look at this project but not change it: ask its owner for a role.", "bad");
      return null;
    }
    if (this.isSecondLook) {
      toast("A second look changes nothing: say what you see in the panel, or leave it first.");
      return null;
    }
    try {
      return this.engine.edit(operations, options);
    } catch (error) {
      if (!(error instanceof InvalidInput)) throw error;
      toast(error.message, "bad");
      return null;
    }
  }

  /** A tube is looked at for the second time, by somebody who must not change it. */
  private get isSecondLook(): boolean {
    const { item, mode, tubeId } = this.ui.get();
    return mode === "review" && isSecondLook(item) && tubeId === item?.tube_id;
  }

  private readShown(): Annotations {
    const annotations = this.engine.view;
    const hidden = concealedOf(this.ui.get());
    const last = this.lastShown;
    if (last?.annotations === annotations && isSame(last.hidden, hidden)) return last.shown;
    const shown = concealed(annotations, hidden);
    this.lastShown = { annotations, hidden, shown };
    return shown;
  }

  private refresh(): void {
    this.doc.set(this.readDoc());
    const { tubeId, spanId } = this.ui.get();
    if (tubeId && !this.annotations.tubes.has(tubeId)) this.ui.set({ tubeId: null, spanId: null });
    if (spanId && !this.annotations.spans.has(spanId)) this.ui.set({ spanId: null });
  }

  private readDoc(): Doc {
    return {
      annotations: this.engine.view,
      shown: this.readShown(),
      status: this.engine.status,
      revision: this.engine.revision,
      canUndo: this.undoStack.canUndo,
      canRedo: this.undoStack.canRedo,
    };
  }
}
