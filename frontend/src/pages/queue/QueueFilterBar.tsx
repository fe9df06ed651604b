import type { Label, Project, Queue, Video } from "../../api/types";
import { Button } from "../../ui/Button";
import { isFiltered, KINDS, SLICES, type QueueFilters } from "./filters";
import { KIND_WORDS, SLICE_WORDS } from "./queueText";

interface Props {
  project: Project;
  queue: Queue | undefined;
  videos: Video[] | undefined;
  filters: QueueFilters;
  onChange: (filters: QueueFilters) => void;
}

/** Narrows the queue: what kind, why, which video and label, whose. */
export function QueueFilterBar({ project, queue, videos, filters, onChange }: Props) {
  const set = (change: { [Name in keyof QueueFilters]?: QueueFilters[Name] | undefined }) =>
    onChange(without({ ...filters, ...change }));
  const count = (n: number | undefined) => (n === undefined ? "" : ` (${n.toLocaleString()})`);
  return (
    <div className="queue-filters" role="group" aria-label="Filters of the queue">
      <Choice
        name="Kind"
        value={filters.kind}
        options={KINDS.map((kind) => [kind, KIND_WORDS[kind] + count(queue?.kinds[kind] ?? 0)])}
        onChange={(kind) => set({ kind })}
      />
      <Choice
        name="Why"
        value={filters.slice}
        options={SLICES.filter(
          (slice) => (queue?.slices[slice] ?? 0) > 0 || slice === filters.slice,
        ).map((slice) => [slice, SLICE_WORDS[slice] + count(queue?.slices[slice] ?? 0)])}
        onChange={(slice) => set({ slice })}
      />
      <Choice
        name="Video"
        value={filters.video}
        options={(videos ?? []).map((video) => [video.id, video.name])}
        onChange={(video) => set({ video })}
      />
      <Choice
        name="Label"
        value={filters.label === undefined ? undefined : String(filters.label)}
        options={asked(project.labels).map((label) => [String(label.id), label.name])}
        onChange={(label) => set({ label: label === undefined ? undefined : Number(label) })}
      />
      <Switch
        name="Mine"
        title="What you have taken"
        isOn={!!filters.mine}
        onChange={(isOn) => set({ mine: isOn || undefined })}
      />
      <Switch
        name="Unsure"
        title="What somebody was unsure of"
        isOn={!!filters.unsure}
        onChange={(isOn) => set({ unsure: isOn || undefined })}
      />
      {isFiltered(filters) && (
        <Button small variant="ghost" onClick={() => onChange({})}>
          Clear
        </Button>
      )}
    </div>
  );
}

const asked = (labels: readonly Label[]): Label[] =>
  labels.filter((label) => label.kind !== "object" && !label.is_retired);

/** The filters that are set. */
function without(filters: {
  [Name in keyof QueueFilters]?: QueueFilters[Name] | undefined;
}): QueueFilters {
  return Object.fromEntries(
    Object.entries(filters).filter(([, value]) => value !== undefined),
  ) as QueueFilters;
}

interface ChoiceProps<Value extends string> {
  name: string;
  value: Value | undefined;
  options: readonly (readonly [Value, string])[];
  onChange: (value: Value | undefined) => void;
}

function Choice<Value extends string>({ name, value, options, onChange }: ChoiceProps<Value>) {
  return (
    <label className="queue-choice">
      <span className="small muted">{name}</span>
      <select
        className="input input-small"
        value={value ?? ""}
        onChange={(event) =>
          onChange(options.find(([option]) => option === event.target.value)?.[0])
        }
      >
        <option value="">All</option>
        {options.map(([option, text]) => (
          <option key={option} value={option}>
            {text}
          </option>
        ))}
      </select>
    </label>
  );
}

interface SwitchProps {
  name: string;
  title: string;
  isOn: boolean;
  onChange: (isOn: boolean) => void;
}

function Switch({ name, title, isOn, onChange }: SwitchProps) {
  return (
    <button
      type="button"
      className="queue-switch"
      aria-pressed={isOn}
      title={title}
      onClick={() => onChange(!isOn)}
    >
      {name}
    </button>
  );
}
