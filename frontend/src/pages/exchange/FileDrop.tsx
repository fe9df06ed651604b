import { useId, useState } from "react";

import { Button } from "../../ui/Button";
import { Icon } from "../../ui/Icon";
import { Name } from "../../ui/Name";
import { bytes } from "../format";
import { addFiles, giveRole, leftOut, ROLE_TITLES, type ChosenFile, type FileRole } from "./importFiles";

interface Props {
  chosen: ChosenFile[];
  disabled: boolean;
  onChange: (chosen: ChosenFile[]) => void;
}

/** A place to drop the annotations and the files that explain them, or to choose them. */
export function FileDrop({ chosen, disabled, onChange }: Props) {
  const [over, setOver] = useState(false);
  const id = useId();
  const [left, setLeft] = useState<File[]>([]);
  const add = (files: FileList | null) => {
    if (!files?.length || disabled) return;
    const next = addFiles(chosen, [...files]);
    setLeft(leftOut(next, [...files]));
    onChange(next);
  };
  return (
    <div className="stack stack-tight">
      <label
        htmlFor={id}
        className={over ? "file-drop file-drop-over" : "file-drop"}
        onDragOver={(event) => {
          event.preventDefault();
          setOver(true);
        }}
        onDragLeave={() => setOver(false)}
        onDrop={(event) => {
          event.preventDefault();
          setOver(false);
          add(event.dataTransfer.files);
        }}
      >
        <Icon name="upload" size={20} />
        <span>
          <strong>Drop files here, or choose them</strong>
          <span className="small muted wrap">
            One file of annotations or a zip of a data set's folder; with it, if you have them, a
            label map and excluded timestamps.
          </span>
        </span>
        <input
          id={id}
          type="file"
          multiple
          className="visually-hidden"
          aria-label="Files to import"
          disabled={disabled}
          onChange={(event) => {
            add(event.target.files);
            event.target.value = "";
          }}
        />
      </label>
      {chosen.length > 0 && (
        <ul className="chosen-files" aria-label="Chosen files">
          {chosen.map((item) => (
            <ChosenRow key={item.role} item={item} chosen={chosen} onChange={onChange} />
          ))}
        </ul>
      )}
      {chosen.length > 0 && left.length > 0 && (
        <p className="notice notice-warn small wrap" role="status">
          Left out: {left.map(({ name }) => name).join(", ")}. One file of each kind goes at a time;
          put several in a zip.
        </p>
      )}
    </div>
  );
}

interface RowProps {
  item: ChosenFile;
  chosen: ChosenFile[];
  onChange: (chosen: ChosenFile[]) => void;
}

function ChosenRow({ item: { file, role }, chosen, onChange }: RowProps) {
  return (
    <li className="row spread">
      <span className="row grow">
        <Name text={file.name} />
        <span className="small muted nowrap">{bytes(file.size)}</span>
      </span>
      <select
        className="input input-small chosen-role"
        aria-label={`What ${file.name} holds`}
        value={role}
        onChange={(event) => onChange(giveRole(chosen, file, event.target.value as FileRole))}
      >
        {Object.entries(ROLE_TITLES).map(([value, title]) => (
          <option key={value} value={value}>
            {title}
          </option>
        ))}
      </select>
      <Button
        variant="ghost"
        small
        iconOnly
        aria-label={`Take ${file.name} away`}
        onClick={() => onChange(chosen.filter((other) => other.file !== file))}
      >
        <Icon name="close" />
      </Button>
    </li>
  );
}
