import { useState, type FormEvent } from "react";

import type { HoldOut } from "../../api/types";
import { Button } from "../../ui/Button";
import { Dialog } from "../../ui/Dialog";
import { TextField } from "../../ui/Field";
import { ErrorNote } from "../../ui/states";
import { toast } from "../../ui/Toast";
import { plural } from "../format";
import { drawnBy, SHARE } from "./holdOutText";
import { useDraw } from "./useHoldOut";

interface Props {
  projectId: number;
  found: HoldOut;
  onClose: () => void;
}

/** Asks for the share, and draws. */
export function DrawDialog({ projectId, found, onClose }: Props) {
  const [percent, setPercent] = useState(String(SHARE.usual));
  const [seed, setSeed] = useState("");
  const draw = useDraw(projectId, (now) => {
    toast(`${plural(now.drawn.length - found.drawn.length, "video")} held out.`);
    onClose();
  });
  const share = Number(percent);
  const isFine = percent !== "" && share >= SHARE.least && share <= SHARE.most;
  const submit = (event: FormEvent) => {
    event.preventDefault();
    draw.mutate({ share: share / 100, ...(seed === "" ? {} : { seed: Number(seed) }) });
  };
  return (
    <Dialog title="Draw hold-out videos" onClose={onClose}>
      <form className="stack" onSubmit={submit}>
        <p className="muted">
          Chance chooses whole videos, the same share of every kind: by what they show, where they
          are from, and how long they are. Nothing is asked about them any more and no model learns
          from them; people annotate them without seeing proposals.
        </p>
        <TextField
          label="Share of the videos, in percent"
          type="number"
          required
          min={SHARE.least}
          max={SHARE.most}
          step="any"
          value={percent}
          hint={
            isFine
              ? `About ${drawnBy(share, found.candidates)} of ${plural(found.candidates, "video")}. Clips of one recording stay together.`
              : `From ${SHARE.least} to ${SHARE.most} percent.`
          }
          onChange={(event) => setPercent(event.target.value)}
        />
        <details className="more">
          <summary>Seed</summary>
          <TextField
            label="Seed"
            type="number"
            min={0}
            step={1}
            value={seed}
            hint="The same videos and seed give the same draw. Empty: one is made and kept."
            onChange={(event) => setSeed(event.target.value)}
          />
        </details>
        <p className="notice">
          What is drawn stays drawn: a later draw only adds videos that came in since.
        </p>
        <ErrorNote error={draw.error} />
        <div className="row dialog-actions">
          <Button onClick={onClose}>Cancel</Button>
          <Button type="submit" variant="primary" busy={draw.isPending} disabled={!isFine}>
            Draw
          </Button>
        </div>
      </form>
    </Dialog>
  );
}
