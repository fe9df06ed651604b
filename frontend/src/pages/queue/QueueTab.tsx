import { useMutation, useQueryClient } from "@tanstack/react-query";
import { Link, useLocation } from "wouter";

import { post } from "../../api/client";
import { keys } from "../../api/keys";
import { useQueue, useSession } from "../../api/queries";
import type { Project, QueueItem } from "../../api/types";
import { Badge } from "../../ui/Badge";
import { Button, ButtonLink } from "../../ui/Button";
import { Icon } from "../../ui/Icon";
import { Name } from "../../ui/Name";
import { EmptyState, ErrorState, Loading } from "../../ui/states";
import { Table, type Column } from "../../ui/Table";
import { toast, toastError } from "../../ui/Toast";
import { plural } from "../format";
import { projectPath, reviewPath } from "../paths";
import { canAnnotate } from "../roles";

/** What to look at next, in the order in which it teaches the model most. */
export function QueueTab({ project }: { project: Project }) {
  const queue = useQueue(project.id);
  const session = useSession();
  if (queue.isPending) return <Loading what="the queue" />;
  if (queue.isError && !queue.data) {
    return (
      <ErrorState
        title="The queue could not be loaded"
        error={queue.error}
        onRetry={() => void queue.refetch()}
      />
    );
  }
  const { items, total } = queue.data;
  if (items.length === 0) return <EmptyQueue project={project} />;
  return (
    <div className="stack">
      <div className="row spread">
        <p className="muted">
          {plural(total, "proposal")} to review, the most telling first
          {total > items.length && `; the first ${items.length} are shown`}.
        </p>
        {canAnnotate(project.role) && <StartButton project={project} />}
      </div>
      <section className="panel">
        <Table
          caption="Review queue"
          columns={columns(project, session.data?.user?.username)}
          rows={items}
          rowKey={(item) => item.id}
        />
      </section>
    </div>
  );
}

function StartButton({ project }: { project: Project }) {
  const client = useQueryClient();
  const [, navigate] = useLocation();
  const start = useMutation({
    mutationFn: () => post<QueueItem | null>(`/api/projects/${project.id}/queue/next`),
    onSuccess: (item) => {
      void client.invalidateQueries({ queryKey: keys.queue(project.id) });
      if (item) navigate(reviewPath(project.id, item));
      else toast("Nothing is left to review: others are at work on the rest.");
    },
    onError: toastError,
  });
  return (
    <Button variant="primary" busy={start.isPending} onClick={() => start.mutate()}>
      <Icon name="play" />
      Start reviewing
    </Button>
  );
}

function columns(project: Project, me: string | undefined): Column<QueueItem>[] {
  return [
    // Ranks count from 0 on the wire, and people from 1.
    { title: "Rank", kind: "number", cell: (item) => item.rank + 1 },
    { title: "Tube", cell: (item) => <TubeCell project={project} item={item} /> },
    {
      title: "Why",
      kind: "name",
      cell: (item) => <Name className="muted" text={item.reason} />,
    },
    {
      title: "Taken",
      cell: (item) =>
        item.leased_by && (
          <Badge tone={item.leased_by === me ? "accent" : "warn"}>
            {item.leased_by === me ? "you" : item.leased_by}
          </Badge>
        ),
    },
  ];
}

function TubeCell({ project, item }: { project: Project; item: QueueItem }) {
  return (
    <Link href={reviewPath(project.id, item)} className="queue-tube">
      <img
        className="thumb thumb-small"
        src={`/api/videos/${item.video_id}/thumbnail`}
        alt=""
        loading="lazy"
      />
      <span className="queue-tube-name">
        <Name text={item.video_name} />
        <span className="small muted">Person {item.tube_number ?? "?"}</span>
      </span>
    </Link>
  );
}

function EmptyQueue({ project }: { project: Project }) {
  if (project.counts.proposed > 0) {
    return (
      <EmptyState
        title="The queue is being made"
        action={<ButtonLink href={projectPath(project.id, "jobs")}>See the jobs</ButtonLink>}
      >
        There are proposals to review, and the queue has not ranked them yet. It is filled when
        proposing or training ends.
      </EmptyState>
    );
  }
  return (
    <EmptyState
      title="Nothing to review"
      action={
        <ButtonLink variant="primary" href={projectPath(project.id)}>
          Go to the videos
        </ButtonLink>
      }
    >
      {project.counts.videos === 0
        ? "Upload a video first. People found in it then wait here for review."
        : "Every proposal has been decided on. Propose on another video, or retrain to go on."}
    </EmptyState>
  );
}
