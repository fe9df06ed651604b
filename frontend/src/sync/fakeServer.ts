/** For tests: a server that keeps one video's annotations by the rules of the contract. */
import { ApiError, NetworkError } from "../api/client";
import {
  changed,
  EMPTY,
  type Annotations,
  type Change,
  type ObjectIds,
} from "../domain/annotations";
import { apply, type Operation } from "../domain/operations";
import type { Commit, CommitAnswer, Notice, ServerDelta, Transport } from "./commit";

type Fault = "before" | "after";

export class FakeServer implements Transport {
  revision = 0;
  annotations: Annotations = EMPTY;
  /** Ids of commits that were done, in order. */
  readonly done: string[] = [];
  readonly received: Commit[] = [];
  /** Requests to fail next: before the commit is done, or after (the answer is lost). */
  faults: Fault[] = [];
  isDown = false;
  private readonly answers = new Map<string, CommitAnswer>();
  private readonly removedAt: { revision: number; change: Change }[] = [];

  async load() {
    this.reach();
    return { revision: this.revision, ...lists(this.annotations, () => true) };
  }

  async since(after: number): Promise<ServerDelta> {
    this.reach();
    return {
      revision: this.revision,
      ...lists(this.annotations, (object) => object.revision > after),
      removed: idsOf(this.removedAt.filter((r) => r.revision > after).map((r) => r.change)),
    };
  }

  /** Told with the next commit's answer; what it names is then taken away. */
  planted: { tubeId: string; notice: Notice } | null = null;

  async commit(commit: Commit): Promise<CommitAnswer> {
    this.reach();
    this.received.push(structuredClone(commit));
    if (this.faults[0] === "before") {
      this.faults.shift();
      throw new NetworkError(new Error("connection reset"));
    }
    const answer = this.answers.get(commit.commit_id) ?? this.perform(commit);
    if (this.faults[0] === "after") {
      this.faults.shift();
      throw new NetworkError(new Error("response lost"));
    }
    return answer;
  }

  /** What somebody else does. */
  foreign(operations: Operation[]): void {
    this.write(operations);
  }

  private takePlanted({ tubeId, notice }: { tubeId: string; notice: Notice }): Notice {
    this.planted = null;
    this.write([{ op: "tube_remove", tube_id: tubeId }]);
    return notice;
  }

  private perform(commit: Commit): CommitAnswer {
    const { changes } = apply(this.annotations, commit.operations);
    const disputed = changes.filter(({ before }) => (before?.revision ?? 0) > commit.base_revision);
    if (disputed.length > 0) {
      throw new ApiError(409, "conflict", "Changed by someone else.", {
        revision: this.revision,
        objects: disputed.map(({ kind, id, before }) => ({ kind, id, theirs: before })),
      });
    }
    const made = this.write([...commit.operations]);
    this.done.push(commit.commit_id);
    const ids = new Set(made.map((change) => change.id));
    const answer = {
      revision: this.revision,
      ...lists(this.annotations, (object) => ids.has(object.id)),
      removed: idsOf(made.filter((change) => change.after === null)),
    };
    this.answers.set(commit.commit_id, answer);
    return this.planted ? { ...answer, notices: [this.takePlanted(this.planted)] } : answer;
  }

  private write(operations: Operation[]): readonly Change[] {
    const { changes } = apply(this.annotations, operations);
    this.revision++;
    const stamped = changes.map((change) => ({
      ...change,
      after: change.after && { ...change.after, revision: this.revision },
    })) as Change[];
    this.annotations = changed(this.annotations, stamped);
    for (const change of stamped) {
      if (change.after === null) this.removedAt.push({ revision: this.revision, change });
    }
    return stamped;
  }

  private reach(): void {
    if (this.isDown) throw new NetworkError(new Error("no route"));
  }
}

function lists(
  annotations: Annotations,
  keep: (object: { id: string; revision: number }) => boolean,
) {
  return structuredClone({
    tubes: [...annotations.tubes.values()].filter(keep),
    spans: [...annotations.spans.values()].filter(keep),
    coverage: [...annotations.coverage.values()].filter(keep),
  });
}

function idsOf(changes: readonly Change[]): ObjectIds {
  const of = (kind: Change["kind"]) => changes.filter((c) => c.kind === kind).map((c) => c.id);
  return { tubes: of("tube"), spans: of("span"), coverage: of("coverage") };
}
