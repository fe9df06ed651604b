import type { Project } from "../../api/types";
import { canAnnotate, canManage } from "../roles";
import { ExportForm } from "./ExportForm";
import { ExportList } from "./ExportList";
import { ImportPanel } from "./ImportPanel";

export function ExchangeTab({ project }: { project: Project }) {
  return (
    <div className="stack">
      <div className="exchange">
        {canAnnotate(project.role) && <ExportForm project={project} />}
        {canManage(project.role) && <ImportPanel project={project} />}
      </div>
      <ExportList project={project} />
    </div>
  );
}
