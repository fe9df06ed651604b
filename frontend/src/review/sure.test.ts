import { beforeEach, expect, it } from "vitest";

import { EditorSession } from "../editor/session";
import { testModel } from "../editor/testModel";
import type { FakeServer } from "../sync/fakeServer";
import { acceptSure, stillSure } from "./sure";

let session: EditorSession;
let server: FakeServer;

const said = { accept_all_from: 0.95, is_calibrated: true, proposed: 2, tube_ids: ["t", "gone"], note: "" };

beforeEach(async () => {
  localStorage.clear();
  const made = await testModel();
  server = made.server;
  session = new EditorSession(made.model);
});

it("offers only what is an open proposal here and now", () => {
  const { model } = session;
  expect(stillSure(model.annotations, said).map(({ id }) => id)).toEqual(["t"]);
  model.edit("Accept", [{ op: "tube_decide", tube_id: "t", decision: "accepted" }]);
  expect(stillSure(model.annotations, said)).toEqual([]);
});

it("accepts the boxes by a commit that says so, and leaves actions and review open", async () => {
  const { model } = session;
  acceptSure(session, stillSure(model.annotations, said));
  model.engine.flush();
  await new Promise((resolve) => setTimeout(resolve, 50));
  const [commit] = server.received;
  expect(commit).toMatchObject({ accept_all: true, edits: 1 });
  expect(commit!.operations).toEqual([{ op: "tube_decide", tube_id: "t", decision: "accepted" }]);
  expect(model.annotations.spans.get("s")!.state).toBe("proposed");
  expect(model.annotations.coverage.size).toBe(0);
});

it("is undone in one step", () => {
  const { model } = session;
  acceptSure(session, stillSure(model.annotations, said));
  model.undo();
  expect(model.annotations.tubes.get("t")!.state).toBe("proposed");
});
