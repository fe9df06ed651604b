import { useMutation, useQueryClient } from "@tanstack/react-query";
import { useEffect } from "react";
import { useLocation, useSearchParams } from "wouter";

import { get, post } from "../../api/client";
import { keys } from "../../api/keys";
import { useQueue, useSession, useVideos } from "../../api/queries";
import type { Project, Queue, QueueItem } from "../../api/types";
import { Button, ButtonLink } from "../../ui/Button";
import { Icon } from "../../ui/Icon";
import { EmptyState, ErrorState, Loading } from "../../ui/states";
import { toast, toastError } from "../../ui/Toast";
import { plural } from "../format";
import { projectPath, reviewPath } from "../paths";
import { canAnnotate, canManage } from "../roles";
import { AgreementPanel } from "./AgreementPanel";
import { filtersFrom, filtersText, isFiltered, keepFilters, type QueueFilters } from "./filters";
import { QueueFilterBar } from "./QueueFilterBar";
import { QueueTable } from "./QueueTable";
import { pageText, waitingText } from "./queueText";
import "./queue.css";

const PAGE = 100;

/** What to look at next, in the order in which it teaches the model most. */
export function QueueTab({ project }: { project: Project }) {
  const [search, setSearch] = useSearchParams();
  const filters = filtersFrom(search);
  const offset = Math.max(0, Number(search.get("offset") ?? 0) || 0);
  const queue = useQueue(project.id, filtersText(filters, offset));
  const videos = useVideos(project.id);
  // Review goes on under what is chosen here.
  useEffect(() => keepFilters(project.id, filters));
  const show = (next: QueueFilters, from = 0) => setSearch(filtersText(next, from));
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
  const { data } = queue;
  if (data.open === 0 && !isFiltered(filters)) {
    return (
      <div className="stack">
        <EmptyQueue project={project} />
        {canManage(project.role) && <AgreementPanel project={project} />}
      </div>
    );
  }
  return (
    <div className="stack">
      <Head project={project} queue={data} filters={filters} />
      <QueueFilterBar
        project={project}
        queue={data}
        videos={videos.data}
        filters={filters}
        onChange={show}
      />
      <Items project={project} queue={data} onClear={() => show({})} />
      <Pages queue={data} onShow={(from) => show(filters, from)} />
      {canManage(project.role) && <AgreementPanel project={project} />}
    </div>
  );
}

interface HeadProps {
  project: Project;
  queue: Queue;
  filters: QueueFilters;
}

function Head({ project, queue, filters }: HeadProps) {
  const waiting = waitingText(queue);
  return (
    <div className="row spread">
      <div>
        <p className="muted">
          {isFiltered(filters)
            ? `${queue.total.toLocaleString()} of ${plural(queue.open, "viewing")} pass the filters`
            : `${plural(queue.open, "viewing")} to review, the most telling first`}
          .
        </p>
        {waiting && <p className="small muted">{waiting}</p>}
      </div>
      {canAnnotate(project.role) && (
        <StartButton project={project} filters={filters} isEmpty={queue.total === 0} />
      )}
    </div>
  );
}

function StartButton({
  project,
  filters,
  isEmpty,
}: {
  project: Project;
  filters: QueueFilters;
  isEmpty: boolean;
}) {
  const client = useQueryClient();
  const [, navigate] = useLocation();
  const path = `/api/projects/${project.id}/queue`;
  const start = useMutation({
    mutationFn: () => post<QueueItem | null>(`${path}/next`, { filters }),
    onSuccess: async (item) => {
      void client.invalidateQueries({ queryKey: keys.queue(project.id) });
      if (item) return navigate(reviewPath(project.id, item));
      const why = await get<Queue>(path).then(waitingText, () => null);
      toast(`Nothing is left for you here${why ? `: ${why}` : "."}`);
    },
    onError: toastError,
  });
  return (
    <Button
      variant="primary"
      busy={start.isPending}
      disabled={isEmpty}
      onClick={() => start.mutate()}
    >
      <Icon name="play" />
      {isFiltered(filters) ? "Review these" : "Start reviewing"}
    </Button>
  );
}

interface ItemsProps {
  project: Project;
  queue: Queue;
  onClear: () => void;
}

function Items({ project, queue, onClear }: ItemsProps) {
  const session = useSession();
  if (queue.items.length === 0) {
    return (
      <EmptyState
        title="Nothing passes these filters"
        action={<Button onClick={onClear}>Show all {queue.open.toLocaleString()}</Button>}
      />
    );
  }
  return (
    <section className="panel">
      <QueueTable project={project} items={queue.items} offset={queue.offset} me={session.data?.user?.username} />
    </section>
  );
}

function Pages({ queue, onShow }: { queue: Queue; onShow: (offset: number) => void }) {
  const { offset, total, items } = queue;
  if (total <= PAGE && offset === 0) return null;
  return (
    <nav className="row" aria-label="Pages of the queue">
      <Button small disabled={offset === 0} onClick={() => onShow(Math.max(0, offset - PAGE))}>
        <Icon name="back" /> Before
      </Button>
      <span className="muted small number">{pageText(offset, items.length, total)}</span>
      <Button
        small
        disabled={offset + items.length >= total}
        onClick={() => onShow(offset + PAGE)}
      >
        After <Icon name="next" />
      </Button>
    </nav>
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
