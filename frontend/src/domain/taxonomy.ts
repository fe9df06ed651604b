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
}

/** Labels of one kind in the order of the schema. */
export function labelsOfKind(labels: readonly Label[], kind: LabelKind): Label[] {
  return labels
    .filter((label) => label.kind === kind)
    .sort((a, b) => a.position - b.position || a.id - b.id);
}
