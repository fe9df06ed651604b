import type { ReactNode } from "react";

import { useJobWatch } from "../api/jobs";
import { useProject } from "../api/queries";
import type { Project } from "../api/types";
import { Page } from "../app/Page";
import { Crumb } from "../app/TopBar";
import { useTitle } from "../app/title";
import { ButtonLink } from "../ui/Button";
import { ErrorState, Loading } from "../ui/states";
import { ExchangeTab } from "./exchange/ExchangeTab";
import { JobsTab } from "./jobs/JobsTab";
import { LabelsTab } from "./labels/LabelsTab";
import { DiffPage } from "./learning/diff/DiffPage";
import { MembersTab } from "./members/MembersTab";
import { EvaluationPage } from "./metrics/EvaluationPage";
import { MetricsTab } from "./metrics/MetricsTab";
import { ModelsTab } from "./models/ModelsTab";
import { NotFoundPage } from "./NotFoundPage";
import { TABS, Tabs } from "./project/Tabs";
import { QualityTab } from "./quality/QualityTab";
import { QueueTab } from "./queue/QueueTab";
import { RoundPage } from "./rounds/RoundPage";
import { RoundsTab, type RoundsPart } from "./rounds/RoundsTab";
import { VideosTab } from "./videos/VideosTab";

interface Props {
  projectId: number;
  tab?: string;
  item?: string;
  view?: string;
}

const hasPage = (tab: string, item: string): boolean =>
  tab === "quality" ? item === "agreement" || item === "guards" : tab === "rounds" || tab === "metrics";

const isDiff = (tab: string, view: string): boolean => tab === "rounds" && view === "diff";

const isPart = (item: string | undefined): item is RoundsPart =>
  item === undefined || item === "classes" || item === "settings";

/** A project and its tabs; `item` is a round, an evaluation or a part: tabs with pages of their own. */
export function ProjectPage({ projectId, tab = "videos", item, view }: Props) {
  const project = useProject(projectId);
  const title = TABS.find(({ key }) => key === tab)?.title;
  const missing = !title || (item && !hasPage(tab, item)) || (view && !isDiff(tab, view));
  useTitle(missing || item ? null : title, project.data?.name);
  if (missing) return <NotFoundPage />;
  return (
    <Page crumbs={project.data && <Crumb text={project.data.name} />}>
      {project.isPending ? (
        <Loading what="the project" />
      ) : project.isError && !project.data ? (
        <ErrorState
          title="This project could not be opened"
          error={project.error}
          onRetry={() => void project.refetch()}
          action={<ButtonLink href="/">All projects</ButtonLink>}
        />
      ) : (
        <Opened project={project.data} tab={tab}>
          {content(project.data, tab, item, view)}
        </Opened>
      )}
    </Page>
  );
}

function Opened({
  project,
  tab,
  children,
}: {
  project: Project;
  tab: string;
  children: ReactNode;
}) {
  useJobWatch(project.id);
  return (
    <>
      <Tabs project={project} current={tab} />
      {children}
    </>
  );
}

function content(project: Project, tab: string, item?: string, view?: string): ReactNode {
  switch (tab) {
    case "videos":
      return <VideosTab project={project} />;
    case "queue":
      return <QueueTab project={project} />;
    case "rounds":
      if (isPart(item)) return <RoundsTab project={project} part={item} />;
      return view ? (
        <DiffPage key={item} project={project} roundId={item} />
      ) : (
        <RoundPage key={item} project={project} roundId={item} />
      );
    case "models":
      return <ModelsTab project={project} />;
    case "metrics":
      return item ? (
        <EvaluationPage key={item} project={project} evaluationId={item} />
      ) : (
        <MetricsTab project={project} />
      );
    case "quality":
      return <QualityTab project={project} part={item} />;
    case "exchange":
      return <ExchangeTab project={project} />;
    case "labels":
      return <LabelsTab project={project} />;
    case "members":
      return <MembersTab project={project} />;
    default:
      return <JobsTab project={project} />;
  }
}
