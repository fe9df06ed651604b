import { useMutation, useQueryClient } from "@tanstack/react-query";
import { useState, type FormEvent } from "react";
import { Link, useLocation } from "wouter";

import { post } from "../api/client";
import { keys } from "../api/keys";
import { useProjects } from "../api/queries";
import type { Project } from "../api/types";
import { Page } from "../app/Page";
import { useTitle } from "../app/title";
import { Badge } from "../ui/Badge";
import { Button } from "../ui/Button";
import { Dialog } from "../ui/Dialog";
import { TextField } from "../ui/Field";
import { Icon } from "../ui/Icon";
import { Name } from "../ui/Name";
import { EmptyState, ErrorNote, ErrorState, Loading } from "../ui/states";
import { count } from "./format";
import { projectPath } from "./paths";
import { RestoreButton } from "./project/RestoreButton";

export function ProjectsPage() {
  useTitle("Projects");
  const projects = useProjects();
  const [creating, setCreating] = useState(false);
  const create = (
    <Button variant="primary" onClick={() => setCreating(true)}>
      <Icon name="plus" />
      New project
    </Button>
  );
  return (
    <Page>
      <div className="page-head">
        <h1>Projects</h1>
        <div className="row">
          <RestoreButton />
          {!!projects.data?.length && create}
        </div>
      </div>
      {projects.isPending ? (
        <Loading what="the projects" />
      ) : projects.isError && !projects.data ? (
        <ErrorState
          title="The projects could not be loaded"
          error={projects.error}
          onRetry={() => void projects.refetch()}
        />
      ) : projects.data.length === 0 ? (
        <EmptyState title="No projects yet" action={create}>
          A project holds videos, the labels to put on them, and the people who do it.
        </EmptyState>
      ) : (
        <ul className="project-grid">
          {projects.data.map((project) => (
            <ProjectCard key={project.id} project={project} />
          ))}
        </ul>
      )}
      {creating && <CreateDialog onClose={() => setCreating(false)} />}
    </Page>
  );
}

function ProjectCard({ project }: { project: Project }) {
  const { counts } = project;
  return (
    <li>
      <Link href={projectPath(project.id)} className="panel project-card">
        <div className="row spread">
          <h2 className="ellipsis" title={project.name}>
            {project.name}
          </h2>
          <Badge>{project.role}</Badge>
        </div>
        <dl className="figures">
          <Figure name="Videos" value={counts.videos} />
          <Figure name="To review" value={counts.proposed} />
          <Figure name="Confirmed" value={counts.confirmed} />
        </dl>
        <Name
          className="small muted"
          text={
            counts.jobs_running > 0
              ? `${count(counts.jobs_running)} at work`
              : project.labels.map((label) => label.name).join(", ") || "No labels yet"
          }
        />
      </Link>
    </li>
  );
}

function Figure({ name, value }: { name: string; value: number }) {
  return (
    <div className="figure">
      <dd className="figure-value number">{count(value)}</dd>
      <dt className="small muted">{name}</dt>
    </div>
  );
}

function CreateDialog({ onClose }: { onClose: () => void }) {
  const client = useQueryClient();
  const [, navigate] = useLocation();
  const [name, setName] = useState("");
  const create = useMutation({
    mutationFn: () => post<Project>("/api/projects", { name: name.trim() }),
    onSuccess: (project) => {
      void client.invalidateQueries({ queryKey: keys.projects });
      navigate(projectPath(project.id));
    },
  });
  const submit = (event: FormEvent) => {
    event.preventDefault();
    create.mutate();
  };
  return (
    <Dialog title="New project" onClose={onClose}>
      <form className="stack" onSubmit={submit}>
        <TextField
          label="Name"
          required
          maxLength={200}
          value={name}
          hint="Labels, videos and members are added inside it."
          onChange={(event) => setName(event.target.value)}
        />
        <ErrorNote error={create.error} />
        <div className="row dialog-actions">
          <Button onClick={onClose}>Cancel</Button>
          <Button
            type="submit"
            variant="primary"
            busy={create.isPending}
            disabled={name.trim() === ""}
          >
            Create
          </Button>
        </div>
      </form>
    </Dialog>
  );
}
