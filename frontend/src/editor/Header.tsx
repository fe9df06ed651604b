import { Link } from "wouter";

import { coverWhole, isVideoCovered, uncoverVideo } from "./actions/review";
import type { EditorSession } from "./session";
import { useStore } from "./store";
import type { Mode } from "./ui";
import { Icon } from "../ui/Icon";
import { SaveState } from "../panels/SaveState";
import { IconButton } from "../panels/Transport";
import { Name } from "../ui/Name";

const MODES: readonly { mode: Mode; name: string; title: string }[] = [
  { mode: "review", name: "Review", title: "Decide about proposals, one after the other (W)" },
  { mode: "edit", name: "Edit", title: "All tools (W)" },
];

/** Where one is, how one works, and whether it is saved. */
export function Header({ session }: { session: EditorSession }) {
  const { model } = session;
  const mode = useStore(model.ui, (ui) => ui.mode);
  const canUndo = useStore(model.doc, (doc) => doc.canUndo);
  const canRedo = useStore(model.doc, (doc) => doc.canRedo);
  const showRejected = useStore(model.ui, (ui) => ui.showRejected);
  return (
    <header className="editor-head">
      <Link
        href={`/projects/${model.project.id}`}
        className="button button-ghost button-small"
        title={`Back to ${model.project.name}`}
      >
        <Icon name="back" /> <Name text={model.project.name} className="head-project" />
      </Link>
      <h1 className="head-video">
        <Name text={model.video.name} />
      </h1>
      {/* Nothing is proposed where proposals are hidden; a second look is led through all the same. */}
      {(!model.video.is_blind || mode === "review") && (
        <div className="segmented" role="group" aria-label="Way of working">
          {MODES.map((entry) => (
            <button
              key={entry.mode}
              type="button"
              aria-pressed={mode === entry.mode}
              title={entry.title}
              onClick={() => session.setMode(entry.mode)}
            >
              {entry.name}
            </button>
          ))}
        </div>
      )}
      <span className="grow" />
      <Covered session={session} />
      <SaveState model={model} />
      <IconButton label="Undo (Ctrl+Z)" disabled={!canUndo} onClick={() => model.undo()}>
        <Icon name="undo" />
      </IconButton>
      <IconButton label="Do again (Ctrl+Shift+Z)" disabled={!canRedo} onClick={() => model.redo()}>
        <Icon name="redo" />
      </IconButton>
      <IconButton
        label="Show what was rejected"
        isOn={showRejected}
        onClick={() => model.ui.set({ showRejected: !showRejected })}
      >
        <Icon name="eye" />
      </IconButton>
      <IconButton label="History" onClick={() => model.ui.set({ dialog: "history" })}>
        <Icon name="history" />
      </IconButton>
      <IconButton label="Keys (F1)" onClick={() => model.ui.set({ dialog: "keys" })}>
        <Icon name="keys" />
      </IconButton>
    </header>
  );
}

function Covered({ session }: { session: EditorSession }) {
  const { model } = session;
  const isCovered = useStore(model.doc, (doc) =>
    isVideoCovered(model, doc.annotations),
  );
  // Two keys, so that the one button never gets the focus of the other: Enter would undo a click.
  if (isCovered) {
    return (
      <button
        key="covered"
        type="button"
        className="badge badge-ok badge-button"
        data-testid="video-covered"
        title="Click to take it back: not every frame was looked at"
        onClick={() => uncoverVideo(model)}
      >
        Video reviewed
      </button>
    );
  }
  return (
    <button
      key="cover"
      type="button"
      className="button button-ghost button-small"
      title="Nothing is missing on any frame. Shift+Enter says it for the frames in sight"
      onClick={() => coverWhole(model)}
    >
      Mark video as reviewed
    </button>
  );
}
