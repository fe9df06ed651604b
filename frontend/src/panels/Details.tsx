import { useStore } from "../editor/store";
import type { EditorModel } from "../editor/model";
import { isConfirmed } from "../domain/state";
import { endFrame, startFrame, type Tube } from "../domain/tube";
import { acceptTube, isCovered, isOpen, rejectTube, undecideTube } from "../editor/actions/review";
import { trackHere } from "../editor/actions/track";
import * as tubes from "../editor/actions/tubes";
import { toKeyframe } from "../editor/actions/navigate";
import { clock } from "../timeline/time";
import { Button } from "../ui/Button";
import { Icon } from "../ui/Icon";
import { Key } from "./Key";
import { Origin } from "./Origin";
import { SpanList } from "./SpanList";
import { StateMark, stateWords } from "./StateMark";
import { IconButton } from "./Transport";

/** What is chosen, and what can be done with it. */
export function Details({ model, isBrief }: { model: EditorModel; isBrief?: boolean }) {
  const tubeId = useStore(model.ui, (ui) => ui.tubeId);
  const annotations = useStore(model.doc, (doc) => doc.shown);
  const tube = tubeId ? annotations.tubes.get(tubeId) : undefined;
  if (!tube) return isBrief ? null : <VideoDetails model={model} />;
  return (
    <section className="box" aria-label={`Tube ${tubes.tubeName(tube)}`} data-testid="details">
      {isBrief ? <h3 className="box-title">Times</h3> : <TubeHead model={model} tube={tube} />}
      <Keyframes model={model} tube={tube} />
      <SpanList model={model} tubeId={tube.id} kind="action" />
      <TubeActions model={model} tube={tube} />
    </section>
  );
}

function VideoDetails({ model }: { model: EditorModel }) {
  return (
    <section className="box" aria-label="Video" data-testid="details">
      <h3 className="box-title">Segments of the video</h3>
      <SpanList model={model} tubeId={null} kind="segment" />
      <p className="hint">
        Choose a tube by its box, its row, or with <Key name="ArrowDown" />.
      </p>
    </section>
  );
}

function TubeHead({ model, tube }: { model: EditorModel; tube: Tube }) {
  const annotations = useStore(model.doc, (doc) => doc.annotations);
  const objects = model.labelsOf("object");
  const { timebase } = model;
  const isDone = !isOpen(annotations, tube) && isCovered(model, annotations, tube);
  return (
    <>
      <div className="row">
        <StateMark state={tube.state} color={model.labels.get(tube.label_id)?.color} />
        <h3 className="tube-title">Tube {tube.number ?? "(new)"}</h3>
        <select
          className="input input-small"
          aria-label="What it is"
          value={tube.label_id}
          onChange={(event) => {
            tubes.relabelTube(model, tube, Number(event.target.value));
            event.target.blur();
          }}
        >
          {objects.map((label) => (
            <option key={label.id} value={label.id}>
              {label.name}
            </option>
          ))}
        </select>
      </div>
      <p className="small muted number">
        {stateWords(tube.state)}
        {" · "}
        {clock(timebase.timeS(startFrame(tube)))}–{clock(timebase.timeS(endFrame(tube)))}
      </p>
      {tube.run_id !== null && <Origin model={model} of={tube} />}
      <div className="row row-wrap">
        <Button
          small
          variant={isDone ? "default" : "primary"}
          title="This tube is right, and all its actions are marked (Enter)"
          onClick={() => acceptTube(model, tube)}
        >
          <Icon name="check" size={14} /> {acceptText(model, isDone)} <Key name="Enter" />
        </Button>
        <Button small title="This is not a tube (X)" onClick={() => rejectTube(model, tube)}>
          {model.video.is_blind && tube.state === "manual" ? "Delete" : "Reject"}{" "}
          <Key name="KeyX" />
        </Button>
        {!model.video.is_blind && tube.proposed !== null && tube.state !== "proposed" && (
          <Button small variant="ghost" onClick={() => undecideTube(model, tube)}>
            {isConfirmed(tube.state) ? "Undecide" : "Reopen"}
          </Button>
        )}
      </div>
    </>
  );
}

/** Where nothing is proposed, nothing is accepted: the tube is finished. */
function acceptText(model: EditorModel, isDone: boolean): string {
  if (model.video.is_blind) return isDone ? "Looked at" : "All its actions are marked";
  return isDone ? "Accepted" : "Accept";
}

function Keyframes({ model, tube }: { model: EditorModel; tube: Tube }) {
  const at = useStore(model.player.head, ({ target }) =>
    tube.keyframes.findIndex((keyframe) => keyframe.frame === target),
  );
  const flags = at < 0 ? null : tube.keyframes[at]!;
  return (
    <div className="row keyframes">
      <IconButton label="Previous keyframe (E)" onClick={() => toKeyframe(model, -1)}>
        <Icon name="back" />
      </IconButton>
      <span
        className="number small"
        data-testid="keyframe-count"
        title={at < 0 ? "Keyframes; none is here" : "Keyframe"}
      >
        {at < 0 ? "–" : at + 1} of {tube.keyframes.length}
      </span>
      <IconButton label="Next keyframe (R)" onClick={() => toKeyframe(model, 1)}>
        <Icon name="next" />
      </IconButton>
      <span className="grow" />
      <IconButton
        label="Set or delete the keyframe here (K)"
        isOn={at >= 0}
        onClick={() => tubes.toggleKeyframe(model)}
      >
        <Icon name="key" />
      </IconButton>
      <Flag
        name="Occluded"
        hint="Q"
        isOn={flags?.occluded ?? false}
        onClick={() => tubes.toggleFlag(model, "occluded")}
      />
      <Flag
        name="Outside"
        hint="O"
        isOn={flags?.outside ?? false}
        onClick={() => tubes.toggleFlag(model, "outside")}
      />
    </div>
  );
}

interface FlagProps {
  name: string;
  hint: string;
  isOn: boolean;
  onClick: () => void;
}

function Flag({ name, hint, isOn, onClick }: FlagProps) {
  return (
    <Button
      small
      variant="ghost"
      className={isOn ? "is-on" : ""}
      aria-pressed={isOn}
      title={`${name} from here (${hint})`}
      onClick={onClick}
    >
      {name}
    </Button>
  );
}

function TrackButton({ model }: { model: EditorModel }) {
  const share = useStore(model.ui, (ui) => ui.tracking);
  const title =
    share === null
      ? "Carry this box forward and back until it is unsure (T); Shift+T forward, Alt+T back"
      : "Stop it; nothing is changed (Esc)";
  return (
    <Button small title={title} aria-busy={share !== null} onClick={() => trackHere(model)}>
      <Icon name={share === null ? "next" : "close"} size={14} />{" "}
      {share === null ? (
        <>
          Carry on <Key name="KeyT" />
        </>
      ) : (
        `Carrying… ${Math.round(100 * share)} %`
      )}
    </Button>
  );
}

function TubeActions({ model, tube }: { model: EditorModel; tube: Tube }) {
  const tool = useStore(model.ui, (ui) => ui.tool);
  return (
    <div className="row row-wrap tube-actions">
      <TrackButton model={model} />
      <Button small onClick={() => tubes.endHere(model)} title="The last frame is this one (])">
        <Icon name="end" size={14} /> End here
      </Button>
      <Button small onClick={() => tubes.splitHere(model)} title="Two tubes from here (Alt+M)">
        <Icon name="split" size={14} /> Split
      </Button>
      <Button
        small
        aria-pressed={tool === "merge"}
        className={tool === "merge" ? "is-on" : ""}
        onClick={() => model.ui.set({ tool: tool === "merge" ? "select" : "merge" })}
        title="Join with another tube (M)"
      >
        <Icon name="merge" size={14} /> Merge…
      </Button>
      <IconButton
        label="Delete the whole tube (Shift+Del)"
        onClick={() => tubes.removeTube(model, tube)}
      >
        <Icon name="trash" size={15} />
      </IconButton>
    </div>
  );
}
