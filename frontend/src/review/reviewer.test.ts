import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";

import type { QueueItem } from "../api/types";
import { coverageOf } from "../domain/annotations";
import { box } from "../domain/box";
import type { EditorModel } from "../editor/model";
import { testModel } from "../editor/testModel";
import { drawTube } from "../editor/actions/tubes";
import { keepFilters } from "../pages/queue/filters";
import { Reviewer } from "./reviewer";

let model: EditorModel;
let reviewer: Reviewer;
let calls: { path: string; body: unknown }[];
/** What the server answers, by the end of the address; null is 204. */
let answers: Record<string, unknown>;

const item = (values: Partial<QueueItem>): QueueItem =>
  ({ id: "q", kind: "tube", video_id: "v", tube_id: "t", slice: "chosen", questions: [], ...values }) as QueueItem;

const stretch = item({
  id: "s", kind: "stretch", tube_id: null, start_frame: 10, end_frame: 60,
}); // prettier-ignore

beforeEach(async () => {
  localStorage.clear();
  sessionStorage.clear();
  ({ model } = await testModel());
  reviewer = new Reviewer(model);
  model.ui.set({ mode: "review", order: "queue" });
  calls = [];
  answers = { "queue/next": null };
  vi.stubGlobal("fetch", async (path: string, init?: RequestInit) => {
    calls.push({ path, body: init?.body ? JSON.parse(String(init.body)) : undefined });
    const found = Object.entries(answers).find(([end]) => path.endsWith(end));
    const answer = found?.[1] ?? null;
    return answer === null
      ? new Response(null, { status: 204 })
      : new Response(JSON.stringify(answer), { headers: { "Content-Type": "application/json" } });
  });
});

afterEach(() => vi.unstubAllGlobals());

const settled = () => vi.waitFor(() => expect(model.ui.get().isFetchingNext).toBe(false));
const asked = (end: string) => calls.filter(({ path }) => path.endsWith(end));

describe("a stretch", () => {
  beforeEach(() => {
    model.ui.set({ item: stretch });
    reviewer.showStretch({ start_frame: 10, end_frame: 60 });
  });

  it("is reviewed when nothing is missing, but for actions, and the next one comes", async () => {
    answers["queue/next"] = item({ id: "next", tube_id: "t" });
    reviewer.accept();
    await vi.waitFor(() => expect(model.ui.get().tubeId).toBe("t"));
    const [covered] = coverageOf(model.annotations, null);
    expect(covered).toMatchObject({ start_frame: 10, end_frame: 60, label_ids: [1, 4] });
    expect(asked("queue/next")[0]!.body).toEqual({ filters: {}, after: "s" });
    expect(model.ui.get().stretch).toBeNull();
  });

  it("comes back after somebody who was missing is drawn and accepted", async () => {
    drawTube(model, 20, box(5, 5, 40, 90));
    expect(model.ui.get().tubeId).not.toBeNull();
    reviewer.accept();
    expect(model.ui.get()).toMatchObject({ tubeId: null, item: stretch });
    expect(model.ui.get().stretch).toEqual({ start_frame: 10, end_frame: 60 });
    expect(asked("queue/next")).toEqual([]);
  });

  it("has nothing to reject", () => {
    reviewer.reject();
    expect(coverageOf(model.annotations, null)).toEqual([]);
    expect(model.ui.get().item).toBe(stretch);
  });
});

describe("going on", () => {
  it("stays under the filters of the queue", async () => {
    keepFilters(1, { kind: "segment", unsure: true });
    model.ui.set({ item: item({}) });
    reviewer.goOn();
    await settled();
    expect(asked("queue/next")[0]!.body).toEqual({
      filters: { kind: "segment", unsure: true },
      after: "q",
    });
    await vi.waitFor(() => expect(model.ui.get().isDone).toBe(true));
  });

  it("leaves what one is unsure of to somebody else", async () => {
    answers["/unsure"] = { others: 1 };
    model.ui.set({ item: item({}) });
    await reviewer.unsure();
    expect(asked("/api/queue/q/unsure")).toHaveLength(1);
    expect(asked("queue/next")).toHaveLength(1);
    expect(model.annotations.tubes.get("t")!.state).toBe("proposed");
  });

  it("leaves only what came from the queue", async () => {
    model.ui.set({ item: null });
    await reviewer.unsure();
    expect(calls).toEqual([]);
  });

  it("does not reject somebody confirmed who is only asked about a new label", () => {
    model.ui.set({ tubeId: "t", item: item({ slice: "schema" }) });
    reviewer.reject();
    expect(model.annotations.tubes.get("t")!.state).toBe("proposed");
    expect(calls).toEqual([]);
    model.ui.set({ item: item({}) });
    reviewer.reject();
    expect(model.annotations.tubes.get("t")!.state).toBe("rejected");
  });

  it("decides nothing before it is known whether it is blind", () => {
    model.ui.set({ isRecognizing: true });
    reviewer.accept();
    reviewer.reject();
    expect(model.annotations.tubes.get("t")!.state).toBe("proposed");
  });
});

describe("what is opened by its address", () => {
  const open = async (found: QueueItem, renewed: unknown) => {
    model.ui.set({ tubeId: "t" });
    answers["?about=t"] = { items: [found] };
    answers["/renew"] = renewed;
    reviewer.start();
    expect(model.ui.get().isRecognizing).toBe(true);
    await vi.waitFor(() => expect(model.ui.get().isRecognizing).toBe(false));
  };

  it("is what the queue says it is", async () => {
    const found = item({ blind: true, slice: "random" });
    await open(found, found);
    expect(model.ui.get().item).toEqual(found);
    expect(asked("/api/queue/q/renew")).toHaveLength(1);
  });

  it("is no second look for who decided first", async () => {
    await open(item({ slice: "second", blind: true }), null);
    expect(model.ui.get().item).toBeNull();
    expect(model.shown).toBe(model.annotations);
  });
});

it("sends a second look's answer, and nothing else", async () => {
  model.ui.set({ item: item({ slice: "second", blind: true }) });
  reviewer.accept();
  expect(asked("/answer")).toEqual([]);
  model.ui.set({ second: { person: true, labelIds: [3] } });
  reviewer.accept();
  await vi.waitFor(() => expect(asked("queue/next")).toHaveLength(1));
  expect(asked("/answer")[0]!.body).toMatchObject({ person: true, label_ids: [3] });
  expect(model.annotations.tubes.get("t")!.state).toBe("proposed");
  expect(model.ui.get().second.person).toBeNull();
});
