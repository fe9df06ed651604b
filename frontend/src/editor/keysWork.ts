import { cancel } from "./keyActions";
import type { Binding } from "./keyBinding";

export const WORK_KEYS: readonly Binding[] = [
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
