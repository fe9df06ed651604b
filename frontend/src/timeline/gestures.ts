import { addSpan, roomFor, setSpan } from "../editor/actions/spans";
import { pickTube } from "../editor/actions/tubes";
import type { EditorModel } from "../editor/model";
import { clamp } from "../domain/box";
import type { Span } from "../domain/span";
import { toast } from "../ui/Toast";
import type { Edge, Row, Scale, TimelineHit } from "./geometry";
import { pannedWindow } from "./window";

export interface At {
  readonly x: number;
  readonly y: number;
  readonly scale: Scale;
}

/** What a held button does; `end` is told whether the pointer really moved. */
export interface Gesture {
  readonly preview?: Span | null;
  move(at: At): void;
  end(isMoved: boolean): void;
}

/** A press further than this is a drag. */
export const DRAG_PX = 3;

export function gestureFor(model: EditorModel, hit: TimelineHit, at: At): Gesture | null {
  switch (hit.kind) {
    case "ruler":
      return scrub(model, at);
    case "gutter":
      return click(() => pickTube(model, hit.row.tube?.id ?? null));
    case "keyframe":
      return click(() => {
        pickTube(model, hit.row.tube!.id);
        seek(model, hit.frame);
      });
    case "span":
      return hit.edge ? dragEdge(model, hit.span, hit.edge) : dragSpan(model, hit.span, hit.frame);
    case "row":
      return dragNew(model, hit.row, hit.frame);
    default:
      return click(() => pickTube(model, null));
  }
}

function click(work: () => void): Gesture {
  return { move: () => {}, end: work };
}

function seek(model: EditorModel, frame: number): void {
  model.player.seek(Math.floor(frame));
}

function scrub(model: EditorModel, at: At): Gesture {
  model.player.pause();
  seek(model, at.scale.frame(at.x));
  return { move: ({ x, scale }) => seek(model, scale.frame(x)), end: () => {} };
}

/** The frame under the edge is shown while it moves: that is how one finds the right one. */
function dragEdge(model: EditorModel, span: Span, edge: Edge): Gesture {
  const room = roomFor(model, span.tube_id);
  model.player.pause();
  let preview: Span = span;
  return {
    get preview() {
      return preview;
    },
    move: ({ x, scale }) => {
      const at = Math.round(scale.frame(x));
      if (edge === "start") {
        const start_frame = clamp(at, room.start_frame, span.end_frame - 1);
        preview = { ...span, start_frame };
        model.player.seek(start_frame);
      } else {
        const end_frame = clamp(at, span.start_frame + 1, room.end_frame);
        preview = { ...span, end_frame };
        model.player.seek(end_frame - 1);
      }
    },
    end: (isMoved) => {
      pickTube(model, span.tube_id, span.id);
      const { start_frame, end_frame } = preview;
      if (isMoved) setSpan(model, span, { start_frame, end_frame });
      else model.player.seek(edge === "start" ? span.start_frame : span.end_frame - 1);
    },
  };
}

function dragSpan(model: EditorModel, span: Span, from: number): Gesture {
  const room = roomFor(model, span.tube_id);
  const length = span.end_frame - span.start_frame;
  let preview: Span = span;
  return {
    get preview() {
      return preview;
    },
    move: ({ x, scale }) => {
      const shift = Math.round(scale.frame(x) - from);
      const most = Math.max(room.start_frame, room.end_frame - length);
      const start_frame = clamp(span.start_frame + shift, room.start_frame, most);
      preview = { ...span, start_frame, end_frame: start_frame + length };
    },
    end: (isMoved) => {
      pickTube(model, span.tube_id, span.id);
      if (!isMoved) seek(model, from);
      else setSpan(model, span, preview);
    },
  };
}

/** A drag over an empty part of a row makes a span of the current label. */
function dragNew(model: EditorModel, row: Row, from: number): Gesture {
  const tubeId = row.tube?.id ?? null;
  const room = roomFor(model, tubeId);
  let preview: Span | null = null;
  const labelId = labelForRow(model, row);
  return {
    get preview() {
      return preview;
    },
    move: ({ x, scale }) => {
      const to = scale.frame(x);
      const start_frame = clamp(Math.floor(Math.min(from, to)), room.start_frame, room.end_frame);
      const end_frame = clamp(Math.ceil(Math.max(from, to)), room.start_frame, room.end_frame);
      if (labelId === null || end_frame <= start_frame) preview = null;
      else preview = newSpan(labelId, tubeId, start_frame, end_frame);
    },
    end: (isMoved) => {
      if (!isMoved) {
        pickTube(model, tubeId);
        return seek(model, from);
      }
      if (preview) addSpan(model, preview.label_id, tubeId, preview);
      else if (labelId === null) toast("This project has no label for this row yet.");
    },
  };
}

function newSpan(
  label_id: number,
  tube_id: string | null,
  start_frame: number,
  end_frame: number,
): Span {
  const own = { state: "manual", score: null, run_id: null, proposed: null, revision: 0 } as const;
  return { id: "preview", tube_id, label_id, start_frame, end_frame, ...own };
}

/** The label used last, where it fits the row; else the first that does. */
function labelForRow(model: EditorModel, row: Row): number | null {
  const fitting = model.labelsOf(row.tube ? "action" : "segment");
  const { labelId } = model.ui.get();
  return (fitting.find((label) => label.id === labelId) ?? fitting[0])?.id ?? null;
}

export function panTimeline(model: EditorModel, at: At): Gesture {
  let last = at.x;
  return {
    move: ({ x, scale }) => {
      const frames = (last - x) / scale.pxPerFrame;
      last = x;
      model.window.set(pannedWindow(model.window.get(), frames, model.timebase.frameCount));
    },
    end: () => {},
  };
}
