import type { QueueItem } from "../api/types";
import { QUESTION_WORDS, SLICE_WORDS } from "../pages/queue/queueText";

/**
 * All that is asked in this viewing, each with its reason. That a proposal is planted is not said here
 * even to a manager, who may know it from the queue's list: managers review too.
 */
export function Questions({ item }: { item: QueueItem }) {
  return (
    <div className="questions" data-testid="questions">
      <p className="row row-wrap small">
        {item.slice !== "chosen" && item.slice !== "planted" && <span className="badge">{SLICE_WORDS[item.slice]}</span>}
        {item.unsure_by && (
          <span className="badge badge-warn">{item.unsure_by} was unsure</span>
        )}
      </p>
      <ul className="question-list" aria-label="What is asked">
        {item.questions.map(({ kind, reason }) => (
          <li key={kind}>
            <b>{QUESTION_WORDS[kind]}</b>
            <span className="muted wrap">{reason}</span>
          </li>
        ))}
      </ul>
      {item.blind && item.slice !== "second" && <BlindNote />}
    </div>
  );
}

export function BlindNote() {
  return <p className="hint">Shown without the model’s actions: say what you see.</p>;
}
