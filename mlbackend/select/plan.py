"""What people are asked next, in order, and why: read, ranked, and put together for the queue."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from django.conf import settings as django_settings
from threadpoolctl import threadpool_limits

from labeling import api
from mlbackend.loop_settings import LoopSettings
from mlbackend.models import ModelVersion, Run
from mlbackend.select import reasons
from mlbackend.select.again import (
    NewLabels,
    again_viewings,
    likely,
    new_labels,
    not_asked,
    with_again,
)
from mlbackend.select.candidates import TubeCandidate, Waiting, waiting
from mlbackend.select.cost import BY_SCORE, BY_SECOND, CostModel, Facts, fitted, timed_answers
from mlbackend.select.doubts import Doubt, doubts_of
from mlbackend.select.ordering import ordered
from mlbackend.select.ranking import unlearned
from mlbackend.select.segments import asked_segments
from mlbackend.select.stretches import asked_stretches, with_stretches
from mlbackend.select.tube_ranking import Ranker
from mlbackend.select.viewing import Viewing
from mlbackend.select.viewings import Asking
from mlbackend.train.champion import champion_load, champion_row
from mlbackend.train.features import HOG_HOF
from mlbackend.train.predictor import Champion
from mlbackend.train.segments import KIND as SEGMENT

# Scores are compared by this many decimals: beyond, they depend on the machine.
DECIMALS = 6


@dataclass(frozen=True, eq=False)
class Plan:
    """The queue as it should be.

    Attributes:
        viewings: what people are asked, in order.
        model: the action model in use when it was planned, None without one.
        seed: of all that chance decided.
        acquisition: what chose: a name of `acquisition.ACQUISITIONS`, two of them joined, or
            "detector score" where no features are known.
    """

    viewings: list[Viewing] = field(default_factory=list)
    model: ModelVersion | None = None
    seed: int = 0
    acquisition: str = ""


@dataclass(frozen=True, eq=False)
class Known:
    """What planning reads of the tables before it thinks.

    Attributes:
        row, champion: the action model in use, and what was loaded of it: None where it is
            unusable, as without one.
        segments: the segment model in use.
        cost: how long answers take, None while too few were timed.
        calibrated: runs whose tubes' scores were mapped to how often people agree.
        features: folder of the feature cache.
        new: labels that came after some work was reviewed.
    """

    project: api.ProjectValue
    found: Waiting
    row: ModelVersion | None
    champion: Champion | None
    segments: Champion | None
    cost: CostModel | None
    calibrated: frozenset[str]
    features: Path
    new: NewLabels = field(default_factory=NewLabels)

    @property
    def seed(self) -> int:
        """Of all that chance decides: the model's own."""
        return int(self.champion.manifest.get("seed") or 0) if self.champion else 0


def viewings_plan(project_id: int) -> Plan:
    """Plan the queue of a project anew; the same work and model give the same plan.

    Raises:
        NotFound: there is no such project.
    """
    project = api.project(project_id)
    row = champion_row(project_id)
    return planned(
        Known(
            project=project,
            found=waiting(project),
            row=row,
            champion=champion_load(row),
            segments=champion_load(champion_row(project_id, SEGMENT)),
            cost=fitted(timed_answers(project_id)),
            calibrated=_calibrated_runs(project_id),
            features=Path(django_settings.HOME_DIRS["features"]),
            new=new_labels(api.schema_changes(project_id)),
        )
    )


def planned(known: Known) -> Plan:
    """The plan that follows from what is known."""
    # The last bits of a sum depend on how many threads share it.
    with threadpool_limits(limits=1):
        return _planned(known, LoopSettings.of(known.project.settings))


def plan_hash(plan: Plan) -> str:
    """SHA-256 of a plan as canonical JSON: what is asked, why, and in which order.

    Nothing in it is an id, so that a project made again gives the same.
    """
    said = [_canonical(viewing) for viewing in plan.viewings]
    text = json.dumps(said, sort_keys=True, separators=(",", ":"))
    return hashlib.sha256(text.encode()).hexdigest()


def _canonical(viewing: Viewing) -> list[Any]:
    by = {name: value for name, value in viewing.asked_by.items() if name not in ("model",)}
    return [
        viewing.kind,
        list(viewing.key),
        [question.as_dict() for question in viewing.questions],
        viewing.slice,
        viewing.blind,
        round(viewing.score, DECIMALS),
        viewing.probability and round(viewing.probability, DECIMALS),
        by,
    ]


def _planned(known: Known, settings: LoopSettings) -> Plan:
    found = known.found
    doubts = _doubts(found, known.calibrated)
    ranking, how = _ranker(known, settings, doubts).ranking()
    segments = asked_segments(found.segments, known.segments, known.features)
    looks_for = looked_for(found, known.champion)
    placed = ordered(
        ranking,
        [one.candidate for one in segments],
        settings,
        known.seed,
        looks_for=bool(looks_for) and ranking.answers is not None,
    )
    asking = Asking(
        ranking=ranking,
        segments={one.candidate.key: one for one in segments},
        doubts=doubts,
        looks_for=looks_for,
        has_actions=bool(found.actions),
        blind_share=settings.blind_share,
        by=how | _by(known),
        cost=known.cost,
    )
    viewings = [asking.viewing(one) for one in placed]
    stretches = [asking.stretch(one) for one in asked_stretches(found, known.seed)]
    viewings = with_stretches(viewings, stretches, settings.batch)
    return Plan(
        viewings=with_again(viewings, _again(known)),
        model=known.row,
        seed=known.seed,
        acquisition=how["acquisition"],
    )


def _again(known: Known) -> list[Viewing]:
    """Reviewed tubes that were never asked about some label, for `again.with_again`."""
    lacking = not_asked(known.found, known.new)
    scores = likely(lacking, known.champion, known.features, known.project.id)
    return again_viewings(lacking, scores, known.found, _by(known))


def _ranker(known: Known, settings: LoopSettings, doubts: Mapping[str, Sequence[Doubt]]) -> Ranker:
    return Ranker(
        project_id=known.project.id,
        found=known.found,
        champion=known.champion,
        descriptor=known.champion.descriptor if known.champion else HOG_HOF,
        settings=settings,
        seed=known.seed,
        facts=[_facts(tube, doubts) for tube in known.found.tubes],
        cost=known.cost,
        doubt=[_doubt(tube, doubts) for tube in known.found.tubes],
        features=known.features,
    )


def _by(known: Known) -> dict[str, Any]:
    """What made the plan, for `Viewing.asked_by`."""
    return {
        "seed": known.seed,
        "model": str(known.row.id) if known.row and known.champion else None,
        "model_name": known.row.name if known.row and known.champion else "",
        "schema_version": known.project.schema_version,
        "ranked_by": BY_SCORE if known.cost is None else BY_SECOND,
    }


def looked_for(found: Waiting, champion: Champion | None) -> str:
    """Which actions are looked for, in words: those nobody has shown, those no example taught.

    An action can be marked and still teach nothing, where it was too short or on reserved tubes.
    """
    if champion is None:
        return ""
    actions = found.actions
    never = [name for label_id, name in actions.items() if not found.shown[label_id]]
    lacking = [actions[i] for i in unlearned(champion, actions) if found.shown[i]]
    said = [reasons.never_seen(never)] if never else []
    return "; ".join([*said, reasons.not_learned(lacking)] if lacking else said)


def _doubts(found: Waiting, calibrated: frozenset[str]) -> dict[str, list[Doubt]]:
    """What is doubtful about every tube, by its id."""
    doubts: dict[str, list[Doubt]] = {}
    for scene in found.scenes:
        doubts.update(doubts_of(scene, calibrated))
    return doubts


def _calibrated_runs(project_id: int) -> frozenset[str]:
    """Runs whose tubes' scores were mapped to how often people agree."""
    rows = Run.objects.filter(project_id=project_id).values_list("id", "detail__calibration__tubes")
    return frozenset(
        str(run_id) for run_id, tubes in rows if isinstance(tubes, dict) and not tubes.get("note")
    )


def _facts(tube: TubeCandidate, doubts: Mapping[str, Sequence[Doubt]]) -> Facts:
    """What the time to answer depends on."""
    edits = sum(doubt.weight for doubt in doubts.get(tube.tube.id, ()))
    return Facts("tube", tube.length_s, tube.proposed_actions, edits)


def _doubt(tube: TubeCandidate, doubts: Mapping[str, Sequence[Doubt]]) -> float:
    return max((doubt.weight for doubt in doubts.get(tube.tube.id, ())), default=0.0)
