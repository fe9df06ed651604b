import { useFormats, useVideos } from "../../api/queries";
import type { FileFormat, Project } from "../../api/types";
import { CheckField } from "../../ui/CheckField";
import { SelectField, TextField } from "../../ui/Field";
import {
  asked,
  isRate,
  likelyFirst,
  type Coordinates,
  type EighthColumn,
  type ReadingOptions,
} from "./importRequest";

interface Props {
  options: ReadingOptions;
  disabled?: boolean;
  onChange: (change: Partial<ReadingOptions>) => void;
}

/** The format, with what it has a place for. */
export function FormatField({ options, fileName, ...props }: Props & { fileName: string }) {
  const formats = useFormats();
  const chosen = formats.data?.find(({ name }) => name === options.format);
  return (
    <SelectField
      label="Format"
      value={options.format}
      disabled={props.disabled}
      hint={
        formats.isError
          ? "The list of formats could not be loaded; the file's own signs are used."
          : chosen
            ? about(chosen)
            : "Known by what the file looks like. Choose one if the guess is wrong."
      }
      onChange={(event) => props.onChange({ format: event.target.value })}
    >
      <option value="auto">Auto</option>
      {likelyFirst(formats.data ?? [], fileName).map(({ name, title }) => (
        <option key={name} value={name}>
          {title}
        </option>
      ))}
    </SelectField>
  );
}

function about({ holds, accepts }: FileFormat): string {
  const kinds = accepts.map((ending) => (ending === "/" ? "a zip of its folder" : ending));
  const from = kinds.length > 0 ? ` Read from ${kinds.join(", ")}.` : "";
  return `Holds ${holds.join(", ") || "labels"}.${from}`;
}

/** What a file of this format may leave open; nothing where it says everything itself. */
export function ReadingFields({
  format,
  project,
  ...props
}: Props & { format: string; project: Project }) {
  const ask = asked(format);
  const { options, disabled, onChange } = props;
  return (
    <div className="form-grid form-grid-3">
      {ask.video && <VideoField {...props} project={project} />}
      {ask.frameRate && (
        <TextField
          label="Frames per second"
          value={options.frameRate}
          disabled={disabled}
          inputMode="decimal"
          placeholder="as the video or the file says"
          hint="For files that number frames at a rate of their own."
          error={isRate(options.frameRate) ? null : "A number such as 25, 29.97 or 30000/1001."}
          onChange={(event) => onChange({ frameRate: event.target.value })}
        />
      )}
      {ask.ava && <AvaFields {...props} />}
      {ask.link && (
        <CheckField
          label="Link boxes without person ids"
          hint="Boxes that follow each other become one tube."
          checked={options.link}
          disabled={disabled}
          onChange={(link) => onChange({ link })}
        />
      )}
    </div>
  );
}

function VideoField({ options, disabled, onChange, project }: Props & { project: Project }) {
  const { data: videos = [] } = useVideos(project.id);
  return (
    <SelectField
      label="The file is about"
      value={options.videoId}
      disabled={disabled}
      hint="Choose one where the file names none, as VATIC and MOT, or another name."
      onChange={(event) => onChange({ videoId: event.target.value })}
    >
      <option value="">the videos that it names</option>
      {videos.map(({ id, name }) => (
        <option key={id} value={id}>
          {name}
        </option>
      ))}
    </SelectField>
  );
}

function AvaFields({ options, disabled, onChange }: Props) {
  return (
    <>
      <SelectField
        label="Column 8 of AVA holds"
        value={options.eighthColumn}
        disabled={disabled}
        onChange={(event) => onChange({ eighthColumn: event.target.value as EighthColumn })}
      >
        <option value="person_id">what it looks like, as a rule the person's id</option>
        <option value="score">a score</option>
        <option value="ignore">something else</option>
      </SelectField>
      <SelectField
        label="Boxes of AVA are in"
        value={options.coordinates}
        disabled={disabled}
        onChange={(event) => onChange({ coordinates: event.target.value as Coordinates })}
      >
        <option value="fractions">fractions of the picture, 0 to 1</option>
        <option value="pixels">pixels</option>
      </SelectField>
    </>
  );
}
