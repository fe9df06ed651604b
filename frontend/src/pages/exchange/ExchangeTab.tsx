import type { Project } from "../../api/types";
import { canManage } from "../roles";
import "./exchange.css";
import { ExportPanel } from "./ExportPanel";
import { ImportPanel } from "./ImportPanel";

export function ExchangeTab({ project }: { project: Project }) {
  return (
    <div className="stack">
      {canManage(project.role) && <ImportPanel project={project} />}
      <ExportPanel project={project} />
    </div>
  );
}
