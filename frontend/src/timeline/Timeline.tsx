import { useEffect, useRef } from "react";

import type { EditorModel } from "../editor/model";
import { TimelineController } from "./timelineController";
import { TimelineList } from "./TimelineList";

/** Rows of tubes over time. The canvas is for eyes; the list beside it says the same in words. */
export function Timeline({ model }: { model: EditorModel }) {
  const canvas = useRef<HTMLCanvasElement>(null);
  useEffect(() => {
    const controller = new TimelineController(model, canvas.current!);
    return () => controller.close();
  }, [model]);
  return (
    <section className="timeline" aria-label="Timeline">
      <canvas className="timeline-canvas" ref={canvas} aria-hidden="true" data-testid="timeline" />
      <TimelineList model={model} />
    </section>
  );
}
