import { useMutation, useQueryClient } from "@tanstack/react-query";
import { useState } from "react";

import { del, post } from "../../api/client";
import { keys } from "../../api/keys";
import { useMembers } from "../../api/queries";
import type { Member, Project, Role } from "../../api/types";
import { Button } from "../../ui/Button";
import { ConfirmDialog } from "../../ui/Dialog";
import { Name } from "../../ui/Name";
import { ErrorState, Loading } from "../../ui/states";
import { Table, type Column } from "../../ui/Table";
import { toastError } from "../../ui/Toast";
import { canManage, ROLES } from "../roles";
import { AddMember } from "./AddMember";

export function MembersTab({ project }: { project: Project }) {
  const members = useMembers(project.id);
  const [leaving, setLeaving] = useState<Member | null>(null);
  if (members.isPending) return <Loading what="the members" />;
  if (members.isError && !members.data) {
    return (
      <ErrorState
        title="The members could not be loaded"
        error={members.error}
        onRetry={() => void members.refetch()}
      />
    );
  }
  const editable = canManage(project.role);
  return (
    <div className="stack">
      <section className="panel">
        <Table
          caption="Members"
          columns={columns(project, editable, setLeaving)}
          rows={members.data}
          rowKey={(member) => member.user_id}
        />
      </section>
      {editable && <AddMember project={project} />}
      {leaving && (
        <RemoveDialog project={project} member={leaving} onClose={() => setLeaving(null)} />
      )}
    </div>
  );
}

function columns(
  project: Project,
  editable: boolean,
  onRemove: (member: Member) => void,
): Column<Member>[] {
  const base: Column<Member>[] = [
    { title: "User", kind: "name", cell: (member) => <Name text={member.username} /> },
    {
      title: "Role",
      cell: (member) =>
        editable && member.role !== "owner" ? (
          <RoleSelect project={project} member={member} />
        ) : (
          ROLES.find(({ role }) => role === member.role)?.title
        ),
    },
    {
      title: "May",
      cell: (member) => (
        <span className="muted">{ROLES.find(({ role }) => role === member.role)?.may}</span>
      ),
    },
  ];
  if (project.role !== "owner") return base;
  const remove: Column<Member> = {
    title: "Actions",
    hideTitle: true,
    cell: (member) =>
      member.role !== "owner" && (
        <Button
          small
          variant="ghost"
          aria-label={`Remove ${member.username}`}
          onClick={() => onRemove(member)}
        >
          Remove
        </Button>
      ),
  };
  return [...base, remove];
}

function RoleSelect({ project, member }: { project: Project; member: Member }) {
  const client = useQueryClient();
  const change = useMutation({
    mutationFn: (role: Role) =>
      post(`/api/projects/${project.id}/members`, { username: member.username, role }),
    onSettled: () => client.invalidateQueries({ queryKey: keys.members(project.id) }),
    onError: toastError,
  });
  return (
    <select
      className="input input-small"
      aria-label={`Role of ${member.username}`}
      value={change.isPending ? change.variables : member.role}
      disabled={change.isPending}
      onChange={(event) => change.mutate(event.target.value as Role)}
    >
      {ROLES.filter(({ role }) => role !== "owner").map(({ role, title }) => (
        <option key={role} value={role}>
          {title}
        </option>
      ))}
    </select>
  );
}

interface RemoveProps {
  project: Project;
  member: Member;
  onClose: () => void;
}

function RemoveDialog({ project, member, onClose }: RemoveProps) {
  const client = useQueryClient();
  const remove = useMutation({
    mutationFn: () => del(`/api/projects/${project.id}/members/${member.user_id}`),
    onSuccess: async () => {
      await client.invalidateQueries({ queryKey: keys.members(project.id) });
      onClose();
    },
  });
  return (
    <ConfirmDialog
      title={`Remove ${member.username}?`}
      action="Remove"
      busy={remove.isPending}
      error={remove.error}
      onConfirm={() => remove.mutate()}
      onClose={onClose}
    >
      They lose access to this project. What they labeled stays.
    </ConfirmDialog>
  );
}
