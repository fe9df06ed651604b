import { acceptTube } from "./actions/review";
import { withTube } from "./actions/tubes";
import { acceptOrFinish, nothingElse } from "./keyActions";
import type { Binding } from "./keyBinding";

export const REVIEW_KEYS: readonly Binding[] = [
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
    run: ({ model }) => withTube(model, (tube) => acceptTube(model, tube)),
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
];
