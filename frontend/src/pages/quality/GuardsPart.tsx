import { Link } from "wouter";

import type { Guards, Project } from "../../api/types";
import { useTitle } from "../../app/title";
import { EmptyState, ErrorState, Loading } from "../../ui/states";
import { projectPath } from "../paths";
import { canManage } from "../roles";
import { GuardsTable } from "./GuardsTable";
import { isEmpty, settingPercent } from "./guardText";
import { PlantedPanel } from "./PlantedPanel";
import { useGuards } from "./useQuality";

/** Do people look before they accept? Figures per person, for managers. */
export function GuardsPart({ project }: { project: Project }) {
  useTitle("Guards", project.name);
  const manages = canManage(project.role);
  const guards = useGuards(project.id, manages);
  if (!manages) {
    return (
      <EmptyState title="Only managers see how people review">
        What is planted to check attention must not be known to those who are checked.
      </EmptyState>
    );
  }
  if (guards.isPending) return <Loading what="the figures" />;
  if (guards.isError && !guards.data) {
    return (
      <ErrorState
        title="The figures could not be calculated"
        error={guards.error}
        onRetry={() => void guards.refetch()}
      />
    );
  }
  return <Measured project={project} guards={guards.data} />;
}

function Measured({ project, guards }: { project: Project; guards: Guards }) {
  return (
    <>
      <Settings project={project} guards={guards} />
      {isEmpty(guards.everybody) ? (
        <EmptyState title="Nobody has answered anything from the queue yet">
          Once proposals are reviewed in the queue’s order, this shows for each person how often
          they accept them, how fast, and whether they notice wrong ones.
        </EmptyState>
      ) : (
        <GuardsTable guards={guards} />
      )}
      <PlantedPanel project={project} guards={guards} />
    </>
  );
}

/** What is drawn how often, and where that is changed. */
function Settings({ project, guards }: { project: Project; guards: Guards }) {
  const { settings } = guards;
  const shares: [string, number][] = [
    ["drawn at random", settings.random_share],
    ["of these shown without actions", settings.blind_share],
    ["planted", settings.planted_share],
    ["for a second look", settings.double_share],
  ];
  return (
    <div className="row row-wrap guard-settings">
      <p className="muted grow">
        Of what the queue hands out:{" "}
        {shares.map(([name, share], at) => (
          <span key={name} className="nowrap">
            {at > 0 && " · "}
            <strong className="number">{settingPercent(share)}</strong> {name}
          </span>
        ))}
        .
      </p>
      <Link className="link nowrap" href={`${projectPath(project.id, "rounds")}/settings`}>
        Change these shares
      </Link>
    </div>
  );
}
