import { useVideos } from "../../api/queries";
import type { ExportState, FileFormat, Project } from "../../api/types";
import { SelectField, TextField } from "../../ui/Field";
import { plural } from "../format";
import { SplitField } from "../SplitField";
import { Checklist } from "./Checklist";
import { hasRhythm, keepsAndLoses, type ExportChoice } from "./exportRequest";

interface Props {
  project: Project;
  formats: FileFormat[];
  choice: ExportChoice;
  onChange: (change: Partial<ExportChoice>) => void;
}

const STATES: { state: ExportState; title: string; about: string }[] = [
  {
    state: "reviewed",
    title: "Reviewed",
    about: "What people confirmed or drew; times not reviewed are listed as excluded.",
  },
  {
    state: "proposed",
    title: "Proposals",
    about: "What models suggest and nobody has decided on, with scores.",
  },
  { state: "all", title: "All", about: "Both: what was reviewed, and the open proposals." },
];

export function ExportFields({ project, formats, choice, onChange }: Props) {
  const format = formats.find(({ name }) => name === choice.format);
  return (
    <>
      <SelectField
        label="Format"
        value={choice.format}
        onChange={(event) => onChange({ format: event.target.value })}
      >
        {formats.map(({ name, title }) => (
          <option key={name} value={name}>
            {title}
          </option>
        ))}
      </SelectField>
      {format && <KeepsAndLoses format={format} formats={formats} />}
      {hasRhythm(choice.format) && <RhythmFields choice={choice} onChange={onChange} />}
      <SelectField
        label="Which labels"
        value={choice.state}
        hint={STATES.find(({ state }) => state === choice.state)?.about}
        onChange={(event) => onChange({ state: event.target.value as ExportState })}
      >
        {STATES.map(({ state, title }) => (
          <option key={state} value={state}>
            {title}
          </option>
        ))}
      </SelectField>
      <SplitField chosen={choice.splits} onChange={(splits) => onChange({ splits })} />
      <LabelsAndVideos project={project} choice={choice} onChange={onChange} />
      <DateFields choice={choice} onChange={onChange} />
    </>
  );
}

function KeepsAndLoses({ format, formats }: { format: FileFormat; formats: FileFormat[] }) {
  const { keeps, loses } = keepsAndLoses(format, formats);
  return (
    <dl className="keeps small">
      <dt className="ok">Keeps</dt>
      <dd>{keeps.join(", ") || "labels"}</dd>
      {loses.length > 0 && (
        <>
          <dt className="warn">Loses</dt>
          <dd>{loses.join(", ")}</dd>
        </>
      )}
    </dl>
  );
}

type PartProps = Pick<Props, "choice" | "onChange">;

function RhythmFields({ choice, onChange }: PartProps) {
  return (
    <div className="form-grid">
      <TextField
        label="Rows per second"
        type="number"
        required
        min={0.1}
        max={60}
        step="any"
        value={choice.rateHz}
        hint="AVA has one."
        onChange={(event) => onChange({ rateHz: event.target.value })}
      />
      <SelectField
        label="Decimals of a box"
        value={choice.decimals}
        onChange={(event) => onChange({ decimals: event.target.value })}
      >
        <option value="">as the format has them</option>
        {["3", "4", "5", "6"].map((n) => (
          <option key={n}>{n}</option>
        ))}
      </SelectField>
    </div>
  );
}

function LabelsAndVideos({ project, choice, onChange }: Omit<Props, "formats">) {
  const { data: videos = [] } = useVideos(project.id);
  return (
    <div className="form-grid">
      <Checklist
        title="Labels"
        all={`All ${plural(project.labels.length, "label")}`}
        items={project.labels.map(({ id, name, kind }) => ({
          id,
          name,
          note: kind.replace("_", " "),
        }))}
        chosen={choice.labelIds}
        onChange={(labelIds) => onChange({ labelIds })}
      />
      <Checklist
        title="Videos"
        all={videos.length === 0 ? "No videos" : `All ${plural(videos.length, "video")}`}
        items={videos.map(({ id, name, split }) => ({ id, name, note: split }))}
        chosen={choice.videoIds}
        onChange={(videoIds) => onChange({ videoIds })}
      />
    </div>
  );
}

function DateFields({ choice, onChange }: PartProps) {
  return (
    <div className="form-grid">
      <TextField
        label="Labels as they were on"
        type="datetime-local"
        value={choice.asOf}
        hint="Empty: as they are now."
        onChange={(event) => onChange({ asOf: event.target.value })}
      />
      <TextField
        label="Only what changed since"
        type="datetime-local"
        value={choice.changedSince}
        hint="Empty: whenever it changed."
        onChange={(event) => onChange({ changedSince: event.target.value })}
      />
    </div>
  );
}
