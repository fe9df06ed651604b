import { Badge } from "../../ui/Badge";
import { Fact } from "../../ui/Fact";
import { acceptanceText, reasonValue } from "./learningText";
import type { Learning } from "../../api/types";

/** Whether more work is worth it: the forecast, and the signs that learning has come to its end. */
export function StopPanel({ learning }: { learning: Learning }) {
  const { forecast, stop, acceptance } = learning;
  return (
    <section className="panel" aria-label="Is more work worth it?">
      <div className="panel-head">
        <h2>Is more work worth it?</h2>
        <Badge tone={stop.advised ? "warn" : "ok"}>
          {stop.advised ? "stopping is advised" : "go on"}
        </Badge>
      </div>
      <div className="panel-body stack">
        {forecast.note && (
          <p className={forecast.next_hundred === null ? "muted" : "strong"}>{forecast.note}</p>
        )}
        {stop.reasons.length > 0 && (
          <div>
            <p className="small muted">
              Stopping is advised once all of these hold. It is advice: rounds can always be
              started.
            </p>
            <ul className="stop-reasons">
              {stop.reasons.map((reason) => (
                <li key={reason.what} className="stop-reason">
                  <Badge tone={reason.met ? "ok" : "neutral"}>
                    {reason.met ? "met" : "not met"}
                  </Badge>
                  <span className="grow">
                    <span className="strong">{reason.what}</span>
                    {reason.note && <span className="small muted wrap">{reason.note}</span>}
                  </span>
                  <span className="number nowrap">{reasonValue(reason)}</span>
                </li>
              ))}
            </ul>
          </div>
        )}
        <dl className="facts">
          <Fact name="Proposals accepted as they were, drawn by chance">
            {acceptanceText(acceptance.random)}
          </Fact>
          <Fact name="Chosen by the model">{acceptanceText(acceptance.chosen)}</Fact>
        </dl>
      </div>
    </section>
  );
}
