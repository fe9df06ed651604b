import { beforeEach, expect, it } from "vitest";

import { EditorSession } from "../session";
import { testModel } from "../testModel";
import { chosenSegment, openSegments } from "./segments";
import { addSpan } from "./spans";

let session: EditorSession;

const segment = (id: string, start_frame: number, end_frame: number) => ({
  op: "span_add" as const,
  span: {
    id,
    tube_id: null,
    label_id: 4,
    start_frame,
    end_frame,
    state: "proposed" as const,
    score: 0.8,
    run_id: "run",
  },
});

beforeEach(async () => {
  localStorage.clear();
  const { model, server } = await testModel();
  session = new EditorSession(model);
  server.foreign([segment("late", 120, 160), segment("early", 10, 60)]);
  await model.engine.open();
});

const stateOf = (id: string) => session.model.annotations.spans.get(id)?.state;

it("lists proposed segments from front to back", () => {
  expect(openSegments(session.model.annotations).map(({ id }) => id)).toEqual(["early", "late"]);
});

it("accepts and rejects the chosen segment by the keys of tubes, and leaves the tube alone", () => {
  const { model } = session;
  model.select(null, "early");
  session.acceptHere();
  expect(stateOf("early")).toBe("accepted");
  model.select(null, "late");
  session.rejectHere();
  expect(stateOf("late")).toBe("rejected");
  expect(model.annotations.tubes.get("t")!.state).toBe("proposed");
  expect(openSegments(model.annotations)).toEqual([]);
});

it("goes on to the next segment in review, then ends", () => {
  const { model } = session;
  model.select("t");
  session.acceptHere();
  model.select(null);
  session.setMode("review");
  expect(model.ui.get().spanId).toBe("early");
  session.reviewer.accept();
  expect([stateOf("early"), model.ui.get().spanId]).toEqual(["accepted", "late"]);
  session.reviewer.reject();
  expect([stateOf("late"), model.ui.get().isDone]).toEqual(["rejected", true]);
});

it("asks nothing about a segment that a person marked", () => {
  const { model } = session;
  addSpan(model, 4, null, { start_frame: 70, end_frame: 90 });
  expect(chosenSegment(model)).toBeUndefined();
});
