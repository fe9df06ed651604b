import * as go from "./actions/navigate";
import { trackHere } from "./actions/track";
import * as tubes from "./actions/tubes";
import { atEdge, removeOrEnd } from "./keyActions";
import type { Binding } from "./keyBinding";

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

export const TUBE_KEYS: readonly Binding[] = [
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
      model.ui.set({ tool: "draw", carries: false });
    },
  },
  {
    id: "draw-and-carry",
    title: "Draw a new tube and carry it",
    group: "Tube",
    keys: ["Shift+KeyN"],
    run: ({ model }) => {
      model.player.pause();
      model.ui.set({ tool: "draw", carries: true });
    },
  },
  {
    id: "track",
    title: "Carry the box forward and back",
    group: "Tube",
    keys: ["KeyT"],
    run: ({ model }) => trackHere(model),
  },
  {
    id: "track-forward",
    title: "Carry it forward only",
    group: "Tube",
    keys: ["Shift+KeyT"],
    run: ({ model }) => trackHere(model, "forward"),
  },
  {
    id: "track-back",
    title: "Carry it back only",
    group: "Tube",
    keys: ["Alt+KeyT"],
    run: ({ model }) => trackHere(model, "back"),
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
];
