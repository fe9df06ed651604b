import { useQueryClient } from "@tanstack/react-query";
import { useEffect } from "react";
import { Link } from "wouter";

import { refreshJobs, refreshProject } from "../../api/jobs";
import type { Job, Project } from "../../api/types";
import { Badge } from "../../ui/Badge";
import { Button } from "../../ui/Button";
import { Icon } from "../../ui/Icon";
import { Name } from "../../ui/Name";
import { Progress } from "../../ui/Progress";
import { bytes } from "../format";
import { videoPath } from "../paths";
import { uploadView, type UploadView } from "./uploadView";
import { pauseUpload, removeUpload, resumeUpload, useUploads } from "./uploadStore";

/** The files being sent, and what became of those that were. */
export function UploadList({ project, jobs }: { project: Project; jobs: Job[] }) {
  const uploads = useUploads(project.id);
  const client = useQueryClient();
  const ended = uploads.filter(({ state }) => state === "sent" || state === "duplicate").length;
  useEffect(() => {
    if (ended === 0) return;
    refreshJobs(client, project.id);
    refreshProject(client, project.id);
  }, [client, ended, project.id]);

  if (uploads.length === 0) return null;
  const views = uploads.map((item) => uploadView(item, jobs));
  const settled = views.filter((view) => view.settled);
  return (
    <section className="panel" aria-label="Uploads">
      <div className="panel-head">
        <h2>Uploads</h2>
        {settled.length > 0 && (
          <Button small variant="ghost" onClick={() => settled.forEach((v) => removeUpload(v.key))}>
            Clear finished
          </Button>
        )}
      </div>
      <ul>
        {views.map((view) => (
          <UploadRow key={view.key} view={view} projectId={project.id} />
        ))}
      </ul>
    </section>
  );
}

function UploadRow({ view, projectId }: { view: UploadView; projectId: number }) {
  return (
    <li className="upload">
      <div className="grow stack stack-tight">
        <div className="row spread">
          <Name text={view.name} />
          <span className="row small muted number nowrap">
            {bytes(view.size)}
            <Badge tone={view.tone}>{view.status}</Badge>
          </span>
        </div>
        {view.progress !== undefined && (
          <Progress value={view.progress} label={`${view.name}: ${view.status}`} />
        )}
        {view.note && (
          <p className={view.tone === "bad" ? "small bad wrap" : "small muted wrap"}>
            {view.note}{" "}
            {view.videoId && <Link href={videoPath(projectId, view.videoId)}>Open it</Link>}
          </p>
        )}
      </div>
      <UploadActions view={view} />
    </li>
  );
}

function UploadActions({ view }: { view: UploadView }) {
  return (
    <div className="row">
      {view.canPause && (
        <Button
          small
          iconOnly
          aria-label={`Pause ${view.name}`}
          onClick={() => pauseUpload(view.key)}
        >
          <Icon name="pause" />
        </Button>
      )}
      {view.canResume && (
        <Button small onClick={() => resumeUpload(view.key)}>
          {view.tone === "bad" ? "Try again" : "Resume"}
        </Button>
      )}
      <Button
        small
        iconOnly
        variant="ghost"
        aria-label={`${view.settled ? "Dismiss" : "Cancel"} ${view.name}`}
        onClick={() => removeUpload(view.key)}
      >
        <Icon name="close" />
      </Button>
    </div>
  );
}
