import type { Box } from "../../domain/box";
import type { EditorModel } from "../../editor/model";
import type { SceneBox } from "../scene";
import type { Point, View } from "../view";

/** What a tool may see and do. */
export interface ToolContext {
  readonly model: EditorModel;
  view(): View;
  scene(): readonly SceneBox[];
}

export interface PointerAt {
  /** On the stage, CSS pixels. */
  readonly point: Point;
  readonly button: number;
  readonly isSpaceDown: boolean;
}

/** One state of the pointer over the picture. Each event gives the state that comes next. */
export interface ToolState {
  readonly name: string;
  readonly cursor: string;
  readonly preview: { box: Box; tubeId: string | null } | null;
  readonly crosshair: Point | null;
  down(at: PointerAt): ToolState;
  move(at: PointerAt): ToolState;
  up(at: PointerAt): ToolState;
}
