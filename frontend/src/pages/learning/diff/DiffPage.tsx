import { useState } from "react";
import { useLocation, useSearch } from "wouter";

import { useRounds } from "../../../api/queries";
import type { ModelDiff, Project, Round } from "../../../api/types";
import { useTitle } from "../../../app/title";
import { ButtonLink } from "../../../ui/Button";
import { Icon } from "../../../ui/Icon";
import { EmptyState, ErrorState, Loading } from "../../../ui/states";
import { plural } from "../../format";
import { diffPath, roundPath } from "../../paths";
import { outcome } from "../../rounds/roundText";
import { useDiff } from "../useLearning";
import { casesOf, diffSummary, type Pair, type Side } from "./cases";
import { ClassBars } from "./ClassBars";
import { Gallery } from "./Gallery";
import "./diff.css";
import { comparable, otherOf } from "./others";

/** What the models of two rounds say otherwise, as pictures. */
export function DiffPage({ project, roundId }: { project: Project; roundId: string }) {
  const rounds = useRounds(project.id);
  if (rounds.isPending) return <Loading what="the rounds" />;
  const round = rounds.data?.find(({ id }) => id === roundId);
  if (!rounds.data || !round) {
    return (
      <ErrorState
        title="This round could not be found"
        error={rounds.error ?? new Error("There is no such round in this project.")}
        action={<ButtonLink href={`/projects/${project.id}/rounds`}>Rounds</ButtonLink>}
      />
    );
  }
  return <Compared project={project} round={round} rounds={rounds.data} />;
}

interface ComparedProps {
  project: Project;
  round: Round;
  rounds: Round[];
}

function Compared({ project, round, rounds }: ComparedProps) {
  useTitle(`Round ${round.number}, what changed`, project.name);
  const [, navigate] = useLocation();
  const asked = new URLSearchParams(useSearch()).get("against");
  const others = comparable(rounds, round);
  const against = otherOf(others, round, asked);
  const diff = useDiff(project.id, round.id, against?.id ?? "");
  return (
    <div className="stack">
      <div className="row spread row-wrap">
        <div className="row">
          <ButtonLink small variant="ghost" href={roundPath(project.id, round.id)}>
            <Icon name="back" />
            Round {round.number}
          </ButtonLink>
          <h1>What changed</h1>
        </div>
        {against && (
          <label className="row">
            <span className="muted nowrap">Round {round.number} against</span>
            <select
              className="input"
              value={against.id}
              onChange={(event) =>
                navigate(diffPath(project.id, round.id, event.target.value), { replace: true })
              }
            >
              {others.map((other) => (
                <option key={other.id} value={other.id}>
                  Round {other.number} ({outcome(other).text})
                </option>
              ))}
            </select>
          </label>
        )}
      </div>
      {!round.model || !against ? (
        <EmptyState title="Nothing to compare with">
          {round.model
            ? "No other round has a model yet. Once two have, their differences are shown here as pictures."
            : "This round made no model."}
        </EmptyState>
      ) : diff.isPending ? (
        <Loading what="what changed" />
      ) : diff.isError ? (
        <ErrorState
          title="These two models could not be compared"
          error={diff.error}
          onRetry={() => void diff.refetch()}
        />
      ) : (
        <Shown
          key={against.id}
          project={project}
          pair={{ one: round.number, other: against.number }}
          diff={diff.data}
        />
      )}
    </div>
  );
}

interface ShownProps {
  project: Project;
  pair: Pair;
  diff: ModelDiff;
}

function Shown({ project, pair, diff }: ShownProps) {
  const [label, setLabel] = useState("");
  const total = (side: Side) =>
    diff.per_class
      .filter(({ name }) => label === "" || name === label)
      .reduce((sum, each) => sum + each[side], 0);
  const changed = diff.per_class.some(({ won, lost }) => won + lost > 0);
  return (
    <>
      {changed && <p className="strong">{diffSummary(diff, pair)}</p>}
      {diff.note && <p className="notice wrap">{diff.note}</p>}
      {diff.not_shared.length > 0 && (
        <p className="notice notice-warn wrap">
          Compared on the labels that both know. Left out: {diff.not_shared.join(", ")}.
        </p>
      )}
      {!changed ? (
        <EmptyState title={diff.windows > 0 ? "Both models say the same" : "Nothing to compare"}>
          {diff.windows > 0 &&
            `Of ${plural(diff.windows, "window")} of the hold-out, none is right by one model and wrong by the other.`}
        </EmptyState>
      ) : (
        <>
          <section className="panel" aria-label="By class">
            <div className="panel-head">
              <h2>By class</h2>
              {label === "" ? (
                <span className="muted small">Choose a class to see it alone.</span>
              ) : (
                <button type="button" className="link-button" onClick={() => setLabel("")}>
                  All classes
                </button>
              )}
            </div>
            <div className="panel-body">
              <ClassBars classes={diff.per_class} chosen={label} onChoose={setLabel} />
            </div>
          </section>
          {(["lost", "won"] as const).map((side) => (
            <Gallery
              key={`${side} ${label}`}
              project={project}
              side={side}
              pair={pair}
              cases={casesOf(diff, side, label)}
              total={total(side)}
            />
          ))}
        </>
      )}
    </>
  );
}
