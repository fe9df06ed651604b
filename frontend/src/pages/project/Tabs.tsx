import { Link } from "wouter";

import { isActive, useJobs } from "../../api/jobs";
import type { Project } from "../../api/types";
import { count } from "../format";
import { projectPath } from "../paths";
import { ProjectMenu } from "./ProjectMenu";

export const TABS = [
  { key: "videos", title: "Videos" },
  { key: "queue", title: "Review queue" },
  { key: "rounds", title: "Rounds" },
  { key: "models", title: "Models" },
  { key: "metrics", title: "Metrics" },
  { key: "quality", title: "Quality" },
  { key: "exchange", title: "Export & import" },
  { key: "labels", title: "Labels" },
  { key: "members", title: "Members" },
  { key: "jobs", title: "Jobs" },
] as const;

/** The project's tabs, with how much there is behind them. */
export function Tabs({ project, current }: { project: Project; current: string }) {
  const { data: jobs } = useJobs(project.id);
  const badges: Record<string, number> = {
    videos: project.counts.videos,
    queue: project.counts.proposed,
    labels: project.labels.length,
    jobs: jobs?.filter(isActive).length ?? 0,
  };
  return (
    <div className="tabs-bar">
      <nav className="tabs" aria-label="Project">
        {TABS.map(({ key, title }) => (
          <Link
            key={key}
            href={projectPath(project.id, key)}
            className="tab"
            aria-current={key === current ? "page" : undefined}
          >
            {title}
            {!!badges[key] && (
              <span className={key === "jobs" ? "tab-count tab-count-busy" : "tab-count"}>
                {count(badges[key])}
              </span>
            )}
          </Link>
        ))}
      </nav>
      <ProjectMenu project={project} />
    </div>
  );
}
