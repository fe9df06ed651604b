/** Every key of the editor in one place: what the handler does and the key map shows. */
import { isVideoCovered, coverVisible, coverWhole, acceptTube } from "./actions/review";
import {
  dropSpan,
  moveEdgeHere,
  toggleHere,
  toggleMarking,
  onlyThis,
  toggleWhole,
} from "./actions/spans";
import * as tubes from "./actions/tubes";
import * as go from "./actions/navigate";
import type { EditorSession } from "./session";
import type { Mode } from "./ui";
import type { Label } from "../domain/taxonomy";
import type { Span } from "../domain/span";
import { labelKeys } from "./labelKeys";

export type KeyGroup = "Moving" | "Picture" | "Tube" | "Labels" | "Review" | "Work";

export interface Binding {
  readonly id: string;
  readonly title: string;
  readonly group: KeyGroup;
  /** `event.code` values with modifiers before them: "Ctrl+Shift+KeyZ". */
  readonly keys: readonly string[];
  readonly mode?: Mode;
  /** May be held down. */
  readonly repeats?: boolean;
  readonly run: (session: EditorSession) => void;
}

const NUDGE_PX = 1;
const BIG_NUDGE_PX = 10;

const nudges: Binding[] = (
  [
    ["Left", -1, 0],
    ["Right", 1, 0],
    ["Up", 0, -1],
    ["Down", 0, 1],
  ] as const
).flatMap(([side, dx, dy]) => [
  {
    id: `nudge-${side}`,
    title: `Nudge the box ${side.toLowerCase()} (Alt: ten pixels)`,
    group: "Tube",
    keys: [`Shift+Arrow${side}`],
    repeats: true,
    run: ({ model }) => tubes.nudge(model, dx * NUDGE_PX, dy * NUDGE_PX),
  },
  {
    id: `nudge-far-${side}`,
    title: "",
    group: "Tube",
    keys: [`Alt+Shift+Arrow${side}`],
    repeats: true,
    run: ({ model }) => tubes.nudge(model, dx * BIG_NUDGE_PX, dy * BIG_NUDGE_PX),
  },
]);

/** A binding without a title acts but is not listed. */
export const BINDINGS: readonly Binding[] = [
  {
    id: "play",
    title: "Play or pause",
    group: "Moving",
    keys: ["Space"],
    run: ({ model }) => model.player.toggle(),
  },
  {
    id: "next",
    title: "Next frame",
    group: "Moving",
    keys: ["KeyF", "ArrowRight"],
    repeats: true,
    run: ({ model }) => go.step(model, 1),
  },
  {
    id: "previous",
    title: "Previous frame",
    group: "Moving",
    keys: ["KeyD", "ArrowLeft"],
    repeats: true,
    run: ({ model }) => go.step(model, -1),
  },
  {
    id: "next10",
    title: "10 frames on",
    group: "Moving",
    keys: ["KeyV"],
    repeats: true,
    run: ({ model }) => go.bigStep(model, 1),
  },
  {
    id: "previous10",
    title: "10 frames back",
    group: "Moving",
    keys: ["KeyC"],
    repeats: true,
    run: ({ model }) => go.bigStep(model, -1),
  },
  {
    id: "next-keyframe",
    title: "Next keyframe",
    group: "Moving",
    keys: ["KeyR"],
    run: ({ model }) => go.toKeyframe(model, 1),
  },
  {
    id: "previous-keyframe",
    title: "Previous keyframe",
    group: "Moving",
    keys: ["KeyE"],
    run: ({ model }) => go.toKeyframe(model, -1),
  },
  {
    id: "first",
    title: "First frame of the tube",
    group: "Moving",
    keys: ["Home"],
    run: ({ model }) => go.toEnd(model, "first"),
  },
  {
    id: "last",
    title: "Last frame of the tube",
    group: "Moving",
    keys: ["End"],
    run: ({ model }) => go.toEnd(model, "last"),
  },
  {
    id: "slower",
    title: "Slower",
    group: "Moving",
    keys: ["Comma"],
    run: ({ model }) => model.player.changeRate(-1),
  },
  {
    id: "faster",
    title: "Faster",
    group: "Moving",
    keys: ["Period"],
    run: ({ model }) => model.player.changeRate(1),
  },
  {
    id: "loop",
    title: "Play round and round here",
    group: "Moving",
    keys: ["KeyG"],
    run: ({ model }) => go.toggleLoop(model),
  },

  {
    id: "fit",
    title: "Whole picture / this tube large",
    group: "Picture",
    keys: ["KeyZ"],
    run: ({ model }) => go.focusOrFit(model),
  },
  {
    id: "hide",
    title: "Hide or show the other boxes",
    group: "Picture",
    keys: ["KeyH"],
    run: ({ model }) => model.ui.set({ showBoxes: !model.ui.get().showBoxes }),
  },

  {
    id: "up",
    title: "Previous tube",
    group: "Tube",
    keys: ["ArrowUp"],
    mode: "edit",
    run: ({ model }) => go.toTube(model, -1),
  },
  {
    id: "down",
    title: "Next tube",
    group: "Tube",
    keys: ["ArrowDown"],
    mode: "edit",
    run: ({ model }) => go.toTube(model, 1),
  },
  {
    id: "draw",
    title: "Draw a new tube",
    group: "Tube",
    keys: ["KeyN"],
    run: ({ model }) => {
      model.player.pause();
      model.ui.set({ tool: "draw" });
    },
  },
  {
    id: "keyframe",
    title: "Set or delete the keyframe here",
    group: "Tube",
    keys: ["KeyK"],
    run: ({ model }) => tubes.toggleKeyframe(model),
  },
  {
    id: "occluded",
    title: "Occluded from here",
    group: "Tube",
    keys: ["KeyQ"],
    run: ({ model }) => tubes.toggleFlag(model, "occluded"),
  },
  {
    id: "outside",
    title: "Out of the picture from here",
    group: "Tube",
    keys: ["KeyO"],
    run: ({ model }) => tubes.toggleFlag(model, "outside"),
  },
  {
    id: "begin",
    title: "Begins here (span, else tube)",
    group: "Tube",
    keys: ["BracketLeft"],
    run: (session) => atEdge(session, "start"),
  },
  {
    id: "end",
    title: "Ends here (span, else tube)",
    group: "Tube",
    keys: ["BracketRight"],
    run: (session) => atEdge(session, "end"),
  },
  {
    id: "delete",
    title: "Remove the span, or end the tube here",
    group: "Tube",
    keys: ["Delete", "Backspace"],
    run: (session) => removeOrEnd(session),
  },
  {
    id: "delete-tube",
    title: "Delete the whole tube",
    group: "Tube",
    keys: ["Shift+Delete", "Shift+Backspace"],
    run: ({ model }) => tubes.withTube(model, (tube) => tubes.removeTube(model, tube)),
  },
  {
    id: "split",
    title: "Split the tube here",
    group: "Tube",
    keys: ["Alt+KeyM"],
    run: ({ model }) => tubes.splitHere(model),
  },
  {
    id: "merge",
    title: "Merge with another tube",
    group: "Tube",
    keys: ["KeyM"],
    run: ({ model }) =>
      tubes.withTube(model, () =>
        model.ui.set({ tool: model.ui.get().tool === "merge" ? "select" : "merge" }),
      ),
  },
  ...nudges,

  {
    id: "labels",
    title: "Find a label by name",
    group: "Labels",
    keys: ["KeyL"],
    run: ({ model }) => model.ui.set({ dialog: "labels" }),
  },

  {
    id: "accept",
    title: "Accept, and on to the next",
    group: "Review",
    keys: ["Enter", "NumpadEnter"],
    mode: "review",
    run: (session) => acceptOrFinish(session),
  },
  {
    id: "finish",
    title: "Accept this tube: all of it was looked at",
    group: "Review",
    keys: ["Enter", "NumpadEnter"],
    mode: "edit",
    run: ({ model }) => tubes.withTube(model, (tube) => acceptTube(model, tube)),
  },
  {
    id: "reject",
    title: "Reject, and on to the next",
    group: "Review",
    keys: ["KeyX"],
    mode: "review",
    run: ({ reviewer }) => reviewer.reject(),
  },
  {
    id: "reject-edit",
    title: "Reject this tube",
    group: "Review",
    keys: ["KeyX"],
    mode: "edit",
    run: (session) => session.rejectHere(),
  },
  {
    id: "skip",
    title: "Skip for now",
    group: "Review",
    keys: ["KeyS"],
    mode: "review",
    run: ({ reviewer }) => reviewer.skip(),
  },
  {
    id: "review-up",
    title: "Previous proposal",
    group: "Review",
    keys: ["ArrowUp"],
    mode: "review",
    run: ({ reviewer }) => reviewer.move(-1),
  },
  {
    id: "review-down",
    title: "Next proposal",
    group: "Review",
    keys: ["ArrowDown"],
    mode: "review",
    run: ({ reviewer }) => reviewer.move(1),
  },
  {
    id: "nothing-else",
    title: "Nothing else on the frames in sight",
    group: "Review",
    keys: ["Shift+Enter"],
    run: (session) => nothingElse(session),
  },
  {
    id: "mode",
    title: "Between editing and reviewing",
    group: "Review",
    keys: ["KeyW"],
    run: (session) => session.setMode(session.model.ui.get().mode === "edit" ? "review" : "edit"),
  },

  {
    id: "undo",
    title: "Undo",
    group: "Work",
    keys: ["Ctrl+KeyZ"],
    repeats: true,
    run: ({ model }) => model.undo(),
  },
  {
    id: "redo",
    title: "Do again",
    group: "Work",
    keys: ["Ctrl+Shift+KeyZ", "Ctrl+KeyY"],
    repeats: true,
    run: ({ model }) => model.redo(),
  },
  {
    id: "save",
    title: "Save now (it saves by itself)",
    group: "Work",
    keys: ["Ctrl+KeyS"],
    run: ({ model }) => model.engine.flush(),
  },
  {
    id: "cancel",
    title: "Cancel, or choose nothing",
    group: "Work",
    keys: ["Escape"],
    run: (session) => cancel(session),
  },
  {
    id: "keys",
    title: "This map of the keys",
    group: "Work",
    keys: ["F1", "Shift+Slash"],
    run: ({ model }) => model.ui.set({ dialog: model.ui.get().dialog === "keys" ? null : "keys" }),
  },
];

/** Keys that must act even where single keys are switched off or a field has the focus. */
export function isAlwaysOn(key: string): boolean {
  return key.startsWith("Ctrl+") || key === "F1" || key === "Escape";
}

/** A label's key: on or off from here, or in review on the whole tube. */
export function pressLabel(session: EditorSession, label: Label, isShift: boolean): void {
  const { model } = session;
  const { mode, tubeId, spanId } = model.ui.get();
  const isAction = label.kind === "action";
  if (mode === "review" && isAction && tubeId) {
    if (isShift) onlyThis(model, label, tubeId);
    else toggleWhole(model, label, tubeId);
    return;
  }
  if (isShift || model.ui.get().marking?.labelId === label.id) return toggleMarking(model, label);
  const span = spanId ? model.annotations.spans.get(spanId) : undefined;
  if (span && span.label_id !== label.id && isAction === (span.tube_id !== null)) {
    model.edit(`Relabel to ${label.name}`, [
      { op: "span_set", span_id: span.id, label_id: label.id },
    ]);
    model.ui.set({ labelId: label.id });
    return;
  }
  toggleHere(model, label);
}

/** The label whose key this is: actions with a tube chosen, else segments. */
export function labelForKey(session: EditorSession, code: string): Label | null {
  const { model } = session;
  const keys = labelKeys(model.project.labels);
  const kind = model.ui.get().tubeId ? "action" : "segment";
  return keys.find((entry) => entry.code === code && entry.label.kind === kind)?.label ?? null;
}

function chosenSpan({ model }: EditorSession): Span | undefined {
  const { spanId } = model.ui.get();
  return spanId ? model.annotations.spans.get(spanId) : undefined;
}

function atEdge(session: EditorSession, edge: "start" | "end"): void {
  const { model } = session;
  const span = chosenSpan(session);
  if (span) moveEdgeHere(model, span, edge);
  else if (edge === "start") tubes.beginHere(model);
  else tubes.endHere(model);
}

function removeOrEnd(session: EditorSession): void {
  const span = chosenSpan(session);
  if (span) dropSpan(session.model, span);
  else tubes.endHere(session.model);
}

function acceptOrFinish(session: EditorSession): void {
  const { model, reviewer } = session;
  if (model.ui.get().isDone) reviewer.skip();
  else reviewer.accept();
}

function nothingElse({ model }: EditorSession): void {
  const { isDone } = model.ui.get();
  if (isDone && !isVideoCovered(model.annotations, model.timebase.frameCount)) coverWhole(model);
  else coverVisible(model);
}

function cancel({ model }: EditorSession): void {
  const { dialog, marking, tool, spanId } = model.ui.get();
  if (dialog) model.ui.set({ dialog: null });
  else if (marking) model.ui.set({ marking: null });
  else if (tool !== "select") model.ui.set({ tool: "select" });
  else if (spanId) model.ui.set({ spanId: null });
  else model.select(null);
}
