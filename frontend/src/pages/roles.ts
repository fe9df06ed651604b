/** What a role may do, for what the pages offer; the server decides in the end. */

import type { Role } from "../api/types";

export const canManage = (role: Role): boolean => role === "owner" || role === "manager";

export const canAnnotate = (role: Role): boolean => role !== "viewer";

export const ROLES: { role: Role; title: string; may: string }[] = [
  { role: "owner", title: "Owner", may: "everything, deleting the project included" },
  { role: "manager", title: "Manager", may: "videos, labels, members, rounds and exports" },
  { role: "reviewer", title: "Reviewer", may: "labels, and decides on what others did" },
  { role: "annotator", title: "Annotator", may: "labels and reviews proposals" },
  { role: "viewer", title: "Viewer", may: "looks, and changes nothing" },
];
