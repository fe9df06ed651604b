import { useState } from "react";

import type { Project } from "../../api/types";
import { Button } from "../../ui/Button";
import { Icon } from "../../ui/Icon";
import { TrainDialog } from "./TrainDialog";

/** Asks what to train and starts a round: snapshot, train, measure, decide, propose again. */
export function RetrainButton({ project }: { project: Project }) {
  const [asking, setAsking] = useState(false);
  return (
    <>
      <Button variant="primary" onClick={() => setAsking(true)}>
        <Icon name="retry" />
        Retrain
      </Button>
      {asking && <TrainDialog project={project} onClose={() => setAsking(false)} />}
    </>
  );
}
