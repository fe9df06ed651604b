import { Link } from "wouter";

import { useJobs } from "../../api/jobs";
import { useRound, useRounds } from "../../api/queries";
import type { Project, Round } from "../../api/types";
import { EmptyState, ErrorNote, ErrorState, Loading } from "../../ui/states";
import { JobProgress } from "../jobs/JobProgress";
import { ClassesPart } from "../learning/ClassesPart";
import { LearningCurves } from "../learning/LearningCurves";
import { LoopPart } from "../learning/LoopPart";
import { StopPanel } from "../learning/StopPanel";
import { nextRoundText } from "../learning/loopForm";
import { useLearning, useLoop } from "../learning/useLearning";
import { loopPath } from "../paths";
import { canAnnotate } from "../roles";
import "../learning/learning.css";
import "./rounds.css";
import { isWaiting } from "./loopText";
import { RetrainButton } from "./RetrainButton";
import { RoundSteps } from "./RoundSteps";
import { RoundsTable } from "./RoundsTable";
import { roundRows } from "./roundTable";
import { isRunning, roundJob, runningTraining } from "./roundText";

export type RoundsPart = "classes" | "settings" | undefined;

/** The learning loop of a project: its rounds, its classes, and how it runs. */
export function RoundsTab({ project, part }: { project: Project; part: RoundsPart }) {
  return (
    <div className="stack">
      <div className="row spread row-wrap">
        <nav className="segments" aria-label="Rounds">
          <Segment href={loopPath(project.id)} current={!part} text="Rounds" />
          <Segment
            href={loopPath(project.id, "classes")}
            current={part === "classes"}
            text="Classes"
          />
          <Segment
            href={loopPath(project.id, "settings")}
            current={part === "settings"}
            text="Settings"
          />
        </nav>
        <div className="row">
          {!part && <NextRound project={project} />}
          {!part && canAnnotate(project.role) && <RetrainButton project={project} />}
        </div>
      </div>
      {part === "classes" ? (
        <ClassesPart project={project} />
      ) : part === "settings" ? (
        <LoopPart project={project} />
      ) : (
        <RoundsPartView project={project} />
      )}
    </div>
  );
}

/** When the next round begins by itself, if it does. */
function NextRound({ project }: { project: Project }) {
  const { data: loop } = useLoop(project.id);
  const text = loop ? nextRoundText(loop) : "";
  return text ? <span className="small muted">{text}</span> : null;
}

function Segment({ href, current, text }: { href: string; current: boolean; text: string }) {
  return (
    <Link href={href} className="segment" aria-current={current ? "page" : undefined}>
      {text}
    </Link>
  );
}

function RoundsPartView({ project }: { project: Project }) {
  const rounds = useRounds(project.id);
  const learning = useLearning(project.id);
  if (rounds.isPending) return <Loading what="the rounds" />;
  if (rounds.isError && !rounds.data) {
    return (
      <ErrorState
        title="The rounds could not be loaded"
        error={rounds.error}
        onRetry={() => void rounds.refetch()}
      />
    );
  }
  if (rounds.data.length === 0) return <NoRounds />;
  const rows = roundRows(rounds.data, learning.data);
  const isMeasured = learning.data?.rounds.some(({ macro_f1 }) => macro_f1 !== null);
  return (
    <>
      <UnderWay project={project} rounds={rounds.data} />
      {learning.isError && <ErrorNote error={learning.error} />}
      {learning.data && isMeasured && (
        <>
          <LearningCurves project={project} learning={learning.data} />
          <StopPanel learning={learning.data} />
        </>
      )}
      <RoundsTable project={project} rows={rows} />
    </>
  );
}

function NoRounds() {
  return (
    <EmptyState title="No rounds yet">
      A round trains a model on what has been reviewed, measures it on what was held out, and puts
      it to use only if it is better. Review some proposals with their actions, then retrain: the
      model proposes again on what is left, and puts the most telling tubes first.
    </EmptyState>
  );
}

/** The list is read again when a job moves on; its steps go by within one job. */
function StepsNow({ project, round }: { project: Project; round: Round }) {
  const { data } = useRound(project.id, round.id);
  return <RoundSteps round={data ?? round} />;
}

/** The round that runs, with its steps, and those that wait for it. */
function UnderWay({ project, rounds }: { project: Project; rounds: Round[] }) {
  const { data: jobs = [] } = useJobs(project.id);
  const active = rounds.filter(isRunning).sort((a, b) => a.number - b.number);
  const running = active.find((round) => !isWaiting(round));
  const waiting = active.filter((round) => round !== running);
  const job = (running && roundJob(running, jobs)) ?? runningTraining(jobs);
  if (!running && waiting.length === 0 && !job) return null;
  // After going back to a model there is a job without a round: what follows the change.
  const follows = job && !rounds.some(({ job_id }) => job_id === job.id);
  return (
    <section className="panel" aria-label="Training">
      {(running || follows) && (
        <div className="panel-head">
          <h2>
            {running
              ? `Round ${running.number} is under way`
              : "The model in use proposes again where nobody has looked"}
          </h2>
        </div>
      )}
      {running && <StepsNow project={project} round={running} />}
      {job && <JobProgress job={job} />}
      {waiting.map((round) => (
        <p key={round.id} className="job-line muted">
          Round {round.number} waits
          {running ? ` until round ${running.number} is done.` : " for its turn."}
        </p>
      ))}
    </section>
  );
}
