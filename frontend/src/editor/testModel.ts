/** For tests: a model of a 200-frame video with one proposed tube, over a fake server. */
import type { Project, Video } from "../api/types";
import { box } from "../domain/box";
import { SyncEngine } from "../sync/engine";
import { Activity } from "../sync/activity";
import { FakeServer } from "../sync/fakeServer";
import { memoryOutbox } from "../sync/outbox";
import { EditorModel } from "./model";

const LABELS = [
  { id: 1, kind: "object", name: "person" },
  { id: 2, kind: "action", name: "walk" },
  { id: 3, kind: "action", name: "run" },
  { id: 4, kind: "segment", name: "crowd" },
] as const;

const keyframe = (frame: number, x: number) => ({
  frame,
  box: box(x, 0, x + 20, 40),
  occluded: false,
  outside: false,
});

export async function testModel(): Promise<{ model: EditorModel; server: FakeServer }> {
  const server = new FakeServer();
  server.foreign([
    {
      op: "tube_add",
      tube: {
        id: "t",
        label_id: 1,
        state: "proposed",
        run_id: "run",
        keyframes: [keyframe(20, 0), keyframe(119, 50)],
      },
    },
    {
      op: "span_add",
      span: {
        id: "s",
        tube_id: "t",
        label_id: 2,
        start_frame: 20,
        end_frame: 120,
        state: "proposed",
        score: 0.7,
        run_id: "run",
      },
    },
  ]);
  const engine = new SyncEngine({
    videoId: "v",
    userId: 1,
    transport: server,
    outbox: memoryOutbox(),
    tabs: { id: "tab", gone: async () => () => false },
    activity: { take: () => 1 },
  });
  await engine.open();
  const labels = LABELS.map((label, position) => ({
    ...label,
    position,
    color: "#336699",
    hotkey: "",
    ava_id: null,
    ava_group: "",
    is_retired: false,
  }));
  const model = new EditorModel({
    project: { id: 1, name: "P", role: "owner", labels } as unknown as Project,
    video: { id: "v", name: "v.mp4", width: 320, height: 240 } as unknown as Video,
    timebase: {
      time_base: [1, 25],
      ticks: Array.from({ length: 200 }, (_, f) => f),
      end_tick: 200,
    },
    engine,
    activity: new Activity(),
    mode: "edit",
    subject: { tubeId: "t", spanId: null, stretch: null },
    navigate: () => {},
  });
  return { model, server };
}
