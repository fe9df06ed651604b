/** What a person chose to import, and the form that is sent. */

import type { ImportMode } from "../../api/types";

export type EighthColumn = "person_id" | "score" | "ignore";
export type Coordinates = "fractions" | "pixels";

export interface ImportChoice {
  file: File | null;
  /** The .pbtxt that names the action ids. */
  labels: File | null;
  /** The CSV of excluded timestamps. */
  excluded: File | null;
  eighthColumn: EighthColumn;
  coordinates: Coordinates;
}

export const NOTHING_CHOSEN: ImportChoice = {
  file: null,
  labels: null,
  excluded: null,
  eighthColumn: "person_id",
  coordinates: "fractions",
};

export function importBody(choice: ImportChoice, mode: ImportMode, skipBadRows: boolean): FormData {
  const form = new FormData();
  if (choice.file) form.set("file", choice.file);
  if (choice.labels) form.set("labels", choice.labels);
  if (choice.excluded) form.set("excluded", choice.excluded);
  form.set("format", "ava");
  form.set("mode", mode);
  form.set("skip_bad_rows", String(skipBadRows));
  form.set("eighth_column", choice.eighthColumn);
  form.set("coordinates", choice.coordinates);
  return form;
}
