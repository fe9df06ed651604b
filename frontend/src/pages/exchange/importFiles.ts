/** What the chosen files are to each other: the labels, and what explains them. */

export type FileRole = "file" | "labels" | "excluded";

export interface ChosenFile {
  file: File;
  role: FileRole;
}

export const ROLE_TITLES: Record<FileRole, string> = {
  file: "Annotations",
  labels: "Label map",
  excluded: "Excluded timestamps",
};

const LABEL_MAP = /\.pbtxt$|^(labels|class_?ind|classes|class_?list|action_?list)\b.*\.txt$/i;
const EXCLUDED = /exclu/i;

function likelyRole({ name }: File): FileRole {
  if (LABEL_MAP.test(name)) return "labels";
  return EXCLUDED.test(name) ? "excluded" : "file";
}

/** Add files to those chosen; one per role, the newest wins, and there is always an annotation. */
export function addFiles(chosen: ChosenFile[], files: File[]): ChosenFile[] {
  const added = files.map((file) => ({ file, role: likelyRole(file) }));
  const all = onePerRole([...chosen, ...added]);
  if (all.length > 0 && !all.some(({ role }) => role === "file")) all[0]!.role = "file";
  return all;
}

/** Those of the files that came together that another one of them took the place of. */
export const leftOut = (chosen: ChosenFile[], files: File[]): File[] =>
  files.filter((file) => !chosen.some((item) => item.file === file));

/** Give a file another role; whoever had it takes the one that became free. */
export function giveRole(chosen: ChosenFile[], file: File, role: FileRole): ChosenFile[] {
  const before = chosen.find((item) => item.file === file)?.role;
  return chosen.map((item) => {
    if (item.file === file) return { ...item, role };
    return item.role === role && before ? { ...item, role: before } : item;
  });
}

export const withRole = (chosen: ChosenFile[], role: FileRole): File | null =>
  chosen.find((item) => item.role === role)?.file ?? null;

function onePerRole(files: ChosenFile[]): ChosenFile[] {
  return files.filter(({ role }, i) => i === files.findLastIndex((other) => other.role === role));
}
