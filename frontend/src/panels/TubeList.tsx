import { memo, useEffect, useRef } from "react";

import { coverageOf, spansOf, tubesInOrder } from "../domain/annotations";
import type { Coverage, Span } from "../domain/span";
import type { Tube } from "../domain/tube";
import { endFrame, startFrame } from "../domain/tube";
import { goTo } from "../editor/actions/navigate";
import { coversTube } from "../editor/actions/review";
import { pickTube } from "../editor/actions/tubes";
import { inFilter } from "../editor/filter";
import type { EditorModel } from "../editor/model";
import { useStore } from "../editor/store";
import type { TubeFilter } from "../editor/ui";
import { clock } from "../timeline/time";
import { Icon } from "../ui/Icon";
import { shortPercent } from "./Origin";
import { StateMark } from "./StateMark";

const FILTERS: readonly { filter: TubeFilter; name: string }[] = [
  { filter: "all", name: "All" },
  { filter: "proposed", name: "Open" },
  { filter: "confirmed", name: "Done" },
  { filter: "rejected", name: "Rejected" },
];

/** All tubes of the video, by state. */
export function TubeList({ model }: { model: EditorModel }) {
  const annotations = useStore(model.doc, (doc) => doc.shown);
  const filter = useStore(model.ui, (ui) => ui.filter);
  const tubes = tubesInOrder(annotations);
  const shown = tubes.filter((tube) => inFilter(annotations, tube, filter));
  return (
    <section className="side side-left" aria-label="Tubes">
      <div className="filters" role="group" aria-label="Show tubes">
        {FILTERS.map(({ filter: value, name }) => (
          <button
            key={value}
            type="button"
            aria-pressed={filter === value}
            className="filter"
            onClick={() => model.ui.set({ filter: value })}
          >
            {name}
            <span className="filter-count number">
              {tubes.filter((tube) => inFilter(annotations, tube, value)).length}
            </span>
          </button>
        ))}
      </div>
      {shown.length === 0 ? (
        <Nothing model={model} hasTubes={tubes.length > 0} />
      ) : (
        <ul className="tube-list" aria-label="Tubes">
          {shown.map((tube) => (
            <TubeItem
              key={tube.id}
              model={model}
              tube={tube}
              spans={spansOf(annotations, tube.id)}
              coverage={coverageOf(annotations, tube.id)}
            />
          ))}
        </ul>
      )}
    </section>
  );
}

function Nothing({ model, hasTubes }: { model: EditorModel; hasTubes: boolean }) {
  if (hasTubes) {
    return (
      <p className="side-empty">
        No tube here.{" "}
        <button type="button" className="link" onClick={() => model.ui.set({ filter: "all" })}>
          Show all
        </button>
      </p>
    );
  }
  if (model.video.is_blind) {
    return (
      <p className="side-empty">
        No tubes yet. Press <kbd className="key">N</kbd> and drag a box around a person, then{" "}
        <kbd className="key">T</kbd> to carry it through the video.
      </p>
    );
  }
  return (
    <p className="side-empty">
      No tubes yet. Press <kbd className="key">N</kbd> and drag a box around a person, or let a
      detector propose them on the project’s page.
    </p>
  );
}

interface ItemProps {
  model: EditorModel;
  tube: Tube;
  spans: readonly Span[];
  coverage: readonly Coverage[];
}

/** Drawn again only when its own tube changes: a video may have hundreds. */
const TubeItem = memo(function TubeItem({ model, tube, spans, coverage }: ItemProps) {
  const isChosen = useStore(model.ui, (ui) => ui.tubeId === tube.id);
  const ref = useRef<HTMLLIElement>(null);
  useEffect(() => {
    if (isChosen) ref.current?.scrollIntoView?.({ block: "nearest" });
  }, [isChosen]);
  const choose = () => {
    pickTube(model, tube.id);
    if (model.ui.get().tubeId === tube.id) goTo(model, tube);
  };
  return (
    <li ref={ref} data-testid="tube" data-tube={tube.id} data-state={tube.state}>
      <button
        type="button"
        className="tube-item"
        aria-current={isChosen || undefined}
        onClick={choose}
      >
        <StateMark state={tube.state} color={model.labels.get(tube.label_id)?.color} />
        <b className="number">{tube.number ?? "new"}</b>
        <span className="tube-what">
          <Actions model={model} tube={tube} spans={spans} />
        </span>
        {coversTube(model, coverage, tube) && (
          <span className="tube-seen" title="All actions were looked at">
            <Icon name="seen" size={14} />
            <span className="visually-hidden">looked at</span>
          </span>
        )}
        {tube.state === "proposed" && tube.score !== null && (
          <span className="tube-score muted small number" title="How sure the detector is">
            {shortPercent(tube.score)}
          </span>
        )}
        <span className="tube-time number">{clock(model.timebase.timeS(startFrame(tube)), 1)}</span>
        <span className="visually-hidden">
          {tube.state}, frames {startFrame(tube)} to {endFrame(tube) - 1}
        </span>
      </button>
    </li>
  );
});

// A row has room for this many names; of more their colors are shown.
const MOST_NAMES = 2;

/** The tube's actions as colored names. */
function Actions({ model, tube, spans }: Omit<ItemProps, "coverage">) {
  const ids = spans.filter((span) => span.state !== "rejected").map((span) => span.label_id);
  const labels = [...new Set(ids)].flatMap((id) => model.labels.get(id) ?? []);
  if (labels.length === 0) {
    return <span className="muted">{model.labels.get(tube.label_id)?.name}</span>;
  }
  return labels.map((label) => (
    <span key={label.id} className="chip" title={label.name}>
      <i style={{ background: label.color }} />
      <span className={labels.length > MOST_NAMES ? "visually-hidden" : ""}>{label.name}</span>
    </span>
  ));
}
