import { useState, type ReactNode } from "react";

import type { Agreement, Project } from "../../api/types";
import { useTitle } from "../../app/title";
import { Button } from "../../ui/Button";
import { Icon } from "../../ui/Icon";
import { Progress } from "../../ui/Progress";
import { EmptyState, ErrorState, Loading } from "../../ui/states";
import { count, plural } from "../format";
import { canManage } from "../roles";
import { FleissPanel } from "./FleissPanel";
import { GoldPanel } from "./GoldPanel";
import { PairsPanel } from "./PairsPanel";
import { ReplicaDialog } from "./ReplicaDialog";
import { ReplicasPanel } from "./ReplicasPanel";
import { useAgreement } from "./useQuality";

/** How far the project and its replicas say the same. */
export function AgreementPart({ project }: { project: Project }) {
  useTitle("Agreement", project.name);
  const manages = canManage(project.role);
  const agreement = useAgreement(project.id, manages);
  const [making, setMaking] = useState(false);
  if (!manages) {
    return (
      <EmptyState title="Only managers see agreement">
        Who annotates should not know how others labeled the same videos.
      </EmptyState>
    );
  }
  if (agreement.isPending) return <Loading what="the agreement" />;
  if (agreement.isError && !agreement.data) {
    return (
      <ErrorState
        title="The agreement could not be calculated"
        error={agreement.error}
        onRetry={() => void agreement.refetch()}
      />
    );
  }
  const make = (
    <Button variant="primary" onClick={() => setMaking(true)}>
      <Icon name="plus" />
      Make a replica
    </Button>
  );
  return (
    <>
      {agreement.data.is_replica ? (
        <EmptyState title="This project is a replica">
          What is labeled here is compared in the project that it was made from, for its managers.
        </EmptyState>
      ) : agreement.data.raters.length < 2 ? (
        <EmptyState title="Nobody to compare with yet" action={make}>
          A replica is a project with the same labels and videos and none of the annotations. Let
          somebody else label it, who does not see what is here: then this page tells how far the
          two agree on boxes, times and labels, and who finds what the gold videos have.
        </EmptyState>
      ) : (
        <Compared project={project} agreement={agreement.data} make={make} />
      )}
      {making && <ReplicaDialog project={project} onClose={() => setMaking(false)} />}
    </>
  );
}

interface ComparedProps {
  project: Project;
  agreement: Agreement;
  make: ReactNode;
}

function Compared({ project, agreement, make }: ComparedProps) {
  return (
    <>
      <div className="row spread">
        <p className="muted">
          {plural(agreement.raters.length, "project")} over the same{" "}
          {plural(agreement.videos_total, "video")}, compared where both sides marked the video as
          reviewed.
        </p>
        {make}
      </div>
      <Comparing agreement={agreement} />
      <PairsPanel project={project} agreement={agreement} />
      {agreement.raters.length > 2 && <FleissPanel agreement={agreement} />}
      <GoldPanel project={project} agreement={agreement} />
      <ReplicasPanel project={project} />
    </>
  );
}

function Comparing({ agreement }: { agreement: Agreement }) {
  const { videos_checked: done, videos_total: total } = agreement;
  if (done >= total) return null;
  const text = `Compared ${count(done)} of ${plural(total, "video")}`;
  return (
    <div className="notice notice-accent" role="status">
      <span className="nowrap">{text}</span>
      <span className="grow checking-bar">
        <Progress value={done / total} label={text} />
      </span>
    </div>
  );
}
