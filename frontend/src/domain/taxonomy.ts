export type LabelKind = "object" | "action" | "segment" | "video_class";

export interface Label {
  readonly id: number;
  readonly kind: LabelKind;
  readonly name: string;
  readonly color: string;
  readonly hotkey: string;
  readonly ava_id: number | null;
  readonly ava_group: string;
  readonly position: number;
  /** Kept for what carries it, and not asked about any more. */
  readonly is_retired: boolean;
}

/** Labels of one kind that are asked about, in the order of the schema. */
export function labelsOfKind(labels: readonly Label[], kind: LabelKind): Label[] {
  return labels
    .filter((label) => label.kind === kind && !label.is_retired)
    .sort((a, b) => a.position - b.position || a.id - b.id);
}
