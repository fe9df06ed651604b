import { useState } from "react";

import type { Label } from "../domain/taxonomy";
import type { Tube } from "../domain/tube";
import { liveSpans } from "../editor/actions/spans";
import { chosenSegment, openSegments } from "../editor/actions/segments";
import { isOpen, openTubes } from "../editor/actions/review";
import { pressLabel } from "../editor/keyActions";
import type { EditorSession } from "../editor/session";
import { useStore } from "../editor/store";
import { Key } from "../panels/Key";
import { Origin, shortPercent } from "../panels/Origin";
import { StateMark } from "../panels/StateMark";
import { Icon } from "../ui/Icon";
import { filterWords } from "../pages/queue/queueText";
import { isFiltered, keepFilters, keptFilters } from "../pages/queue/filters";
import { Name } from "../ui/Name";
import { AcceptSure } from "./AcceptSure";
import { Answers } from "./Answers";
import { Finished } from "./Finished";
import { BlindNote, Questions } from "./Questions";
import { SecondLook } from "./SecondLook";
import { asksActionsOnly } from "./reviewer";
import { SegmentQuestion } from "./SegmentQuestion";
import { StretchQuestion } from "./StretchQuestion";
import { secondLook } from "./second";
import { labelsByScore, reviewKeys, scoresOf } from "./reviewKeys";
import "./review.css";

/** What is asked now, and the answers. */
export function ReviewPanel({ session }: { session: EditorSession }) {
  const { model } = session;
  const isDone = useStore(model.ui, (ui) => ui.isDone);
  const tubeId = useStore(model.ui, (ui) => ui.tubeId);
  const shown = useStore(model.doc, (doc) => doc.shown);
  const tube = tubeId ? shown.tubes.get(tubeId) : undefined;
  const stretch = useStore(model.ui, (ui) => ui.stretch);
  useStore(model.ui, (ui) => ui.item);
  useStore(model.ui, (ui) => ui.spanId);
  const segment = chosenSegment(model);
  const look = secondLook(model);
  return (
    <section className="box review" aria-label="Review" data-testid="review">
      <Order session={session} />
      <AcceptSure session={session} />
      {isDone ? (
        <Finished session={session} />
      ) : tube && look ? (
        <SecondLook session={session} tube={tube} item={look} />
      ) : tube ? (
        <Question session={session} tube={tube} />
      ) : segment ? (
        <SegmentQuestion session={session} span={segment} />
      ) : stretch ? (
        <StretchQuestion session={session} stretch={stretch} />
      ) : (
        <p className="hint">
          Choose a tube, or press <Key name="ArrowDown" /> for the next proposal.
        </p>
      )}
    </section>
  );
}

function Order({ session }: { session: EditorSession }) {
  const { model } = session;
  const order = useStore(model.ui, (ui) => ui.order);
  const left = useStore(
    model.doc,
    ({ annotations }) => openTubes(annotations).length + openSegments(annotations).length,
  );
  return (
    <>
      <div className="row spread">
        <select
          className="input input-small review-order"
          aria-label="What comes next"
          value={order}
          onChange={(event) => {
            session.reviewer.setOrder(event.target.value === "queue" ? "queue" : "video");
            event.target.blur();
          }}
        >
          <option value="queue">Most informative first</option>
          <option value="video">This video in order</option>
        </select>
        <span className="muted small number" data-testid="open-count">
          {left} open here
        </span>
      </div>
      {order === "queue" && <Narrowed session={session} />}
    </>
  );
}

function Question({ session, tube }: { session: EditorSession; tube: Tube }) {
  const { model, reviewer } = session;
  const annotations = useStore(model.doc, (doc) => doc.annotations);
  const item = useStore(model.ui, (ui) => ui.item);
  const stretch = useStore(model.ui, (ui) => ui.stretch);
  const isFetching = useStore(model.ui, (ui) => ui.isFetchingNext);
  const open = isOpen(annotations, tube);
  const isBlind = model.isBlind(tube.id);
  return (
    <>
      <div className="row">
        <StateMark state={tube.state} color={model.labels.get(tube.label_id)?.color} />
        <h3>
          Tube {tube.number ?? "(new)"} · {model.labels.get(tube.label_id)?.name}
        </h3>
        {!open && <span className="badge badge-ok">decided</span>}
      </div>
      {tube.run_id !== null && !isBlind && <Origin model={model} of={tube} />}
      {item?.tube_id === tube.id && <Questions item={item} />}
      {isBlind && open && item?.tube_id !== tube.id && <BlindNote />}
      {item?.kind === "stretch" && stretch && (
        <button type="button" className="link small" onClick={() => reviewer.showStretch(stretch)}>
          Back to the stretch
        </button>
      )}
      <ActionList session={session} tube={tube} />
      <Answers
        reviewer={reviewer}
        busy={isFetching}
        canReject={!(item?.tube_id === tube.id && asksActionsOnly(item))}
      />
      <p className="hint">
        A box or a time you change counts as reviewed. <Key name="KeyW" /> opens all tools.
      </p>
    </>
  );
}

/** All action labels, the model's best guesses first. */
function ActionList({ session, tube }: { session: EditorSession; tube: Tube }) {
  const { model } = session;
  useStore(model.doc, (doc) => doc.shown);
  const scores = scoresOf(model, tube);
  const labels = labelsByScore(model, tube);
  const keys = new Map(reviewKeys(model, tube).map((key) => [key.label.id, key.text]));
  if (labels.length === 0) {
    return <p className="hint">This project has no action labels: only the box is asked about.</p>;
  }
  return (
    <ul className="action-list" aria-label="Actions of this tube">
      {labels.map((label) => (
        <ActionItem
          key={label.id}
          session={session}
          tube={tube}
          label={label}
          score={scores.get(label.id)}
          keyText={keys.get(label.id) ?? ""}
        />
      ))}
    </ul>
  );
}

/** The filters of the queue page under which the review goes on. */
function Narrowed({ session }: { session: EditorSession }) {
  const { project, labels } = session.model;
  const [filters, setFilters] = useState(() => keptFilters(project.id));
  if (!isFiltered(filters)) return null;
  const clear = () => {
    keepFilters(project.id, {});
    setFilters({});
  };
  return (
    <p className="row small muted">
      <span className="grow">
        Only {filterWords(filters, (id) => labels.get(id)?.name ?? "one label")}
      </span>
      <button type="button" className="link" onClick={clear}>
        show all
      </button>
    </p>
  );
}

interface ActionProps {
  session: EditorSession;
  tube: Tube;
  label: Label;
  score: number | undefined;
  keyText: string;
}

function ActionItem({ session, tube, label, score, keyText: key }: ActionProps) {
  const { model } = session;
  const spans = liveSpans(model, tube.id, label.id);
  const isOn = spans.length > 0;
  const keyHint = key ? `${key} switches it, Shift+${key} makes it the only one` : "L finds it";
  const hint = `${label.name}: ${keyHint}`;
  const isGuess = isOn && spans.every((span) => span.state === "proposed");
  return (
    <li>
      <button
        type="button"
        role="checkbox"
        aria-checked={isOn}
        className={`action-item ${isOn ? "is-on" : ""} ${isGuess ? "is-guess" : ""}`}
        style={{ "--label": label.color } as React.CSSProperties}
        title={hint}
        onClick={(event) => pressLabel(session, label, event.shiftKey)}
      >
        {key ? <Key name={key} /> : <span className="key key-none" />}
        <Name text={label.name} className="grow" />
        {score !== undefined && (
          <span className="score number" aria-label={`score ${shortPercent(score)}`}>
            <i style={{ width: `${Math.round(score * 100)}%` }} />
            {shortPercent(score)}
          </span>
        )}
        {isOn && <Icon name="check" size={14} />}
      </button>
    </li>
  );
}
