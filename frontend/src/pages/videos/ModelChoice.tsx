import type { Detector } from "../../api/types";
import { Badge } from "../../ui/Badge";

interface Props {
  /** What is chosen, as a heading; also the name of the group of radio buttons. */
  legend: string;
  models: Detector[];
  chosen: string | undefined;
  onChoose: (name: string) => void;
}

/** One model of several; those that cannot work here are folded away, with the reason. */
export function ModelChoice({ legend, models, chosen, onChoose }: Props) {
  const able = models.filter((model) => model.available);
  const others = models.filter((model) => !model.available);
  const choice = (model: Detector) => (
    <Choice
      key={model.name}
      group={legend.toLowerCase()}
      model={model}
      isChosen={model.name === chosen}
      onChoose={onChoose}
    />
  );
  return (
    <fieldset className="field">
      <legend className="field-label">{legend}</legend>
      <div className="choices">{able.map(choice)}</div>
      {others.length > 0 && (
        <details className="choices-off">
          <summary className="small muted">
            {others.length} {others.length === 1 ? "other is" : "others are"} not available here
          </summary>
          <div className="choices">{others.map(choice)}</div>
        </details>
      )}
    </fieldset>
  );
}

interface ChoiceProps {
  group: string;
  model: Detector;
  isChosen: boolean;
  onChoose: (name: string) => void;
}

function Choice({ group, model, isChosen, onChoose }: ChoiceProps) {
  return (
    <label className={model.available ? "choice" : "choice choice-off"}>
      <input
        type="radio"
        name={group}
        value={model.name}
        checked={isChosen}
        disabled={!model.available}
        onChange={() => onChoose(model.name)}
      />
      <span className="grow">
        <span className="row spread">
          <strong>{model.title}</strong>
          {!model.available && <Badge tone="warn">not available</Badge>}
        </span>
        <span className="small muted wrap">{model.speed_note}</span>
        {!model.available && <span className="small warn wrap">{model.reason}</span>}
      </span>
    </label>
  );
}
