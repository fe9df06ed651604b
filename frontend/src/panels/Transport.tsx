import { fitView, step, toggleLoop } from "../editor/actions/navigate";
import type { EditorModel } from "../editor/model";
import { useStore } from "../editor/store";
import { RATES } from "../player/player";
import { clock } from "../timeline/time";
import { Button } from "../ui/Button";
import { Icon } from "../ui/Icon";

/** Playing, stepping, and where one is. */
export function Transport({ model }: { model: EditorModel }) {
  const isPlaying = useStore(model.player.head, (head) => head.isPlaying);
  const loop = useStore(model.player.head, (head) => head.loop);
  const rate = useStore(model.player.head, (head) => head.rate);
  const tool = useStore(model.ui, (ui) => ui.tool);
  return (
    <div className="transport" role="toolbar" aria-label="Playing">
      <Button
        small
        variant={tool === "draw" ? "primary" : "default"}
        aria-pressed={tool === "draw"}
        title="Draw a new tube (N); Shift+N draws one and carries it"
        onClick={() =>
          model.ui.set({ tool: tool === "draw" ? "select" : "draw", carries: false })
        }
      >
        <Icon name="draw" size={14} /> New tube
      </Button>
      <span className="grow" />
      <IconButton label="Previous frame (D)" onClick={() => step(model, -1)}>
        <Icon name="stepBack" />
      </IconButton>
      <IconButton
        label={isPlaying ? "Pause (Space)" : "Play (Space)"}
        onClick={() => model.player.toggle()}
      >
        <Icon name={isPlaying ? "pause" : "play"} />
      </IconButton>
      <IconButton label="Next frame (F)" onClick={() => step(model, 1)}>
        <Icon name="stepOn" />
      </IconButton>
      <Position model={model} />
      <span className="grow" />
      <select
        className="input input-small transport-rate"
        aria-label="Speed"
        title="Speed (, and .)"
        value={rate}
        onChange={(event) => {
          model.player.setRate(Number(event.target.value));
          event.target.blur();
        }}
      >
        {RATES.map((value) => (
          <option key={value} value={value}>
            {value}×
          </option>
        ))}
      </select>
      <IconButton
        label="Play round and round (G)"
        isOn={loop !== null}
        onClick={() => toggleLoop(model)}
      >
        <Icon name="loop" />
      </IconButton>
      <IconButton label="Whole picture (Z)" onClick={() => fitView(model)}>
        <Icon name="fit" />
      </IconButton>
    </div>
  );
}

function Position({ model }: { model: EditorModel }) {
  const frame = useStore(model.player.head, (head) => head.frame);
  const { timebase } = model;
  return (
    <span className="transport-position number" data-testid="position" data-frame={frame}>
      <b>{clock(timebase.timeS(frame))}</b>
      <span className="muted"> / {clock(timebase.durationS)}</span>
      <span className="transport-frame muted">
        frame {frame} of {timebase.frameCount}
      </span>
    </span>
  );
}

interface IconButtonProps {
  label: string;
  isOn?: boolean;
  disabled?: boolean;
  onClick: () => void;
  children: React.ReactNode;
}

export function IconButton({ label, isOn, disabled, onClick, children }: IconButtonProps) {
  return (
    <Button
      variant="ghost"
      small
      iconOnly
      aria-label={label}
      title={label}
      aria-pressed={isOn}
      disabled={disabled}
      className={isOn ? "is-on" : ""}
      onClick={onClick}
    >
      {children}
    </Button>
  );
}
