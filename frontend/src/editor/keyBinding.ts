import type { EditorSession } from "./session";
import type { Mode } from "./ui";

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
