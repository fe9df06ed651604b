import { useEffect, useRef } from "react";

import { keyOf } from "../editor/labelKeys";
import type { EditorModel } from "../editor/model";
import { useStore } from "../editor/store";
import { Button } from "../ui/Button";
import { StageController } from "./stageController";

/** The video with everything drawn over it. */
export function Stage({ model }: { model: EditorModel }) {
  const stage = useRef<HTMLDivElement>(null);
  const holder = useRef<HTMLDivElement>(null);
  const canvas = useRef<HTMLCanvasElement>(null);
  useEffect(() => {
    const controller = new StageController(model, stage.current!, holder.current!, canvas.current!);
    return () => controller.close();
  }, [model]);
  return (
    <div className="stage" ref={stage} data-testid="stage" aria-label="Video" role="group">
      <div className="stage-picture" ref={holder} />
      <canvas className="stage-overlay" ref={canvas} />
      <StageState model={model} />
      <StageHint model={model} />
    </div>
  );
}

function StageState({ model }: { model: EditorModel }) {
  const error = useStore(model.player.head, (head) => head.error);
  const isReady = useStore(model.player.head, (head) => head.isReady);
  const kind = useStore(model.player.head, (head) => head.kind);
  if (error) {
    return (
      <div className="stage-state" role="alert">
        <strong>The video stopped</strong>
        <p>{error}</p>
        <div className="row">
          <Button small onClick={() => model.player.open(kind)}>
            Try again
          </Button>
          {kind === "video" && (
            <Button small variant="primary" onClick={() => model.player.open("images")}>
              Show single pictures instead
            </Button>
          )}
        </div>
      </div>
    );
  }
  if (isReady) return null;
  return (
    <div className="stage-state" role="status">
      <span className="spinner" aria-hidden="true" /> Loading the video…
    </div>
  );
}

const HINTS = {
  draw: "Drag a box around the person. Esc cancels.",
  merge: "Click the other part of this person: its box or its row. Esc cancels.",
} as const;

function StageHint({ model }: { model: EditorModel }) {
  const tool = useStore(model.ui, (ui) => ui.tool);
  const marking = useStore(model.ui, (ui) => ui.marking);
  if (marking) {
    const label = model.labels.get(marking.labelId);
    return (
      <div className="stage-hint" role="status">
        Marking <b>{label?.name}</b> from frame {marking.start_frame}: Shift+
        {(label && keyOf(model.project.labels, label)) || "its key"} again ends it, Esc cancels.
      </div>
    );
  }
  if (tool === "select") return null;
  return (
    <div className="stage-hint" role="status">
      {HINTS[tool]}
    </div>
  );
}
