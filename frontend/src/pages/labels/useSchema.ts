import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";

import { get, post } from "../../api/client";
import { keys } from "../../api/keys";
import type { LabelSchema, SchemaChange } from "../../api/types";
import { toast } from "../../ui/Toast";
import { changeText, type SchemaOperation } from "./schemaText";

const path = (projectId: number) => `/api/projects/${projectId}/schema-changes`;
const key = (projectId: number) => [...keys.project(projectId), "schema"] as const;

export interface SchemaWish {
  operation: SchemaOperation;
  label_id: number;
  others: (number | string)[];
}

/** The changes of a project's labels so far, and what carries each. */
export const useSchema = (projectId: number) =>
  useQuery({ queryKey: key(projectId), queryFn: () => get<LabelSchema>(path(projectId)) });

/** Makes a change, then tells of it. */
export function useSchemaChange(projectId: number, onDone: () => void) {
  const client = useQueryClient();
  return useMutation({
    mutationFn: (wish: SchemaWish) => post<SchemaChange>(path(projectId), wish),
    onSuccess: async (change) => {
      await client.invalidateQueries({ queryKey: keys.project(projectId) });
      toast(`${changeText(change)}.`);
      onDone();
    },
  });
}
