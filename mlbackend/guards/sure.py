"""Which proposed tubes are so sure that they may be accepted without a look at each.

A score counts only where it was mapped to how often people agree, on hold-out videos, when the run
proposed (`propose/scores.py`): its run's detail says so. A raw score is no probability.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

from labeling import api
from labeling.domain.annotations import Annotations
from labeling.domain.blind import HOLD_OUT
from labeling.domain.errors import Conflict
from labeling.domain.ranges import Ranges, intersection
from labeling.domain.state import State
from labeling.domain.taxonomy import LabelKind
from labeling.domain.tube import Tube
from mlbackend.loop_settings import LoopSettings
from mlbackend.models import QueueItem, Run
from mlbackend.propose.scores import ENOUGH
from mlbackend.select.services import item_insert
from mlbackend.select.viewing import Question, QuestionKind

_ACTIONS = "accepted by its score alone: which actions, from when to when?"

_RAW = (
    f"its score is not calibrated: it takes {ENOUGH} accepted and {ENOUGH} rejected proposals on "
    "hold-out videos, and proposing again after that"
)
_REVIEWED = (
    "its frames were marked as reviewed with the whole video, so that actions nobody looked for "
    "would count as not there"
)


def unsure(project_id: int, video_id: Any, tubes: Sequence[Tube]) -> dict[str, str]:
    """Why each of these tubes may not be accepted without a look, by id; empty: all may."""
    least = LoopSettings.of(api.project(project_id).settings).accept_all_from
    calibrated = _calibrated(project_id, tubes)
    said = api.annotations(video_id)
    reviewed = _reviewed(project_id, said)
    found = {}
    for tube in tubes:
        why = _why_not(tube, calibrated, least)
        if not why and not said.coverage_of(tube.id) and _meets(reviewed, tube):
            why = _REVIEWED
        if why:
            found[tube.id] = why
    return found


def sure_tubes(project_id: int, video_id: Any) -> dict[str, Any]:
    """The open proposals of a video that may be accepted all at once, and why not if none may.

    Planted ones are left out: nobody misses what they were not asked to look at.
    """
    said = api.annotations(video_id)
    if api.video(video_id).split == HOLD_OUT:
        # Annotated from scratch: what was proposed there is nobody's to see.
        said = Annotations()
    proposed = [tube for tube in said.tubes.values() if tube.state is State.PROPOSED]
    least = LoopSettings.of(api.project(project_id).settings).accept_all_from
    calibrated = _calibrated(project_id, proposed)
    scored = [tube for tube in proposed if not _why_not(tube, calibrated, least)]
    reviewed = _reviewed(project_id, said)
    sure = [tube for tube in scored if not _meets(reviewed, tube)]
    sure.sort(key=lambda tube: (tube.start_frame, tube.number or 0))
    return {
        "accept_all_from": least,
        "is_calibrated": bool(calibrated),
        "proposed": len(proposed),
        "tube_ids": [tube.id for tube in sure],
        "note": "" if sure else _note(proposed, scored, bool(calibrated), least),
    }


def actions_ask(project_id: int, video_id: Any, tube_ids: Iterable[str]) -> int:
    """Ask about the actions of tubes that were accepted by their scores; how many are asked.

    Their boxes are settled, so the ranking of proposals passes them over: each gets an item of its
    own, in the place of the one that was closed.
    """
    wanted = {str(tube_id) for tube_id in tube_ids}
    if not wanted or not any(x.kind is LabelKind.ACTION for x in api.labels(project_id)):
        return 0
    closed = QueueItem.objects.filter(project_id=project_id, tube_id__in=wanted)
    ranks = {str(item.tube_id): item.rank for item in closed.order_by("done_at")}
    tubes = api.annotations(video_id).tubes
    return sum(
        _ask(project_id, video_id, tubes[i], ranks.get(i, 0)) for i in sorted(wanted) if i in tubes
    )


def _ask(project_id: int, video_id: Any, tube: Tube, rank: int) -> bool:
    try:
        item_insert(
            project_id=project_id, video_id=video_id, rank=rank, slice=QueueItem.Slice.SCHEMA,
            questions=[Question(QuestionKind.ACTIONS, _ACTIONS)],
            tube_id=tube.id, tube_number=tube.number,
        )  # fmt: skip
    except Conflict:
        return False  # it waits already
    return True


def _why_not(tube: Tube, calibrated: set[str], least: float) -> str:
    if tube.run_id not in calibrated or tube.score is None:
        return _RAW
    if tube.score < least:
        return f"its calibrated score is {tube.score:.2f}, and it takes {least:.2f}"
    return ""


def _calibrated(project_id: int, tubes: Sequence[Tube]) -> set[str]:
    """Those of the tubes' runs whose scores say how often people agree."""
    run_ids = {tube.run_id for tube in tubes if tube.run_id}
    rows = Run.objects.filter(project_id=project_id, pk__in=run_ids)
    return {
        str(run_id) for run_id, used in rows.values_list("id", "detail__calibration__tubes")
        if isinstance(used, dict) and not used.get("note")
    }  # fmt: skip


def _reviewed(project_id: int, said: Annotations) -> Ranges:
    """Frames that somebody called reviewed for some action, whoever does it there."""
    actions = {label.id for label in api.labels(project_id) if label.kind is LabelKind.ACTION}
    covered = [part for part in said.coverage_of(None) if actions.intersection(part.label_ids)]
    return [(part.start_frame, part.end_frame) for part in covered]


def _meets(ranges: Ranges, tube: Tube) -> bool:
    return bool(intersection(ranges, [(tube.start_frame, tube.end_frame)]))


def _note(
    proposed: Sequence[Tube], scored: Sequence[Tube], is_calibrated: bool, least: float
) -> str:
    if not proposed:
        return "No proposed tube is open in this video."
    if scored:
        return f"Look at each that is left: {_REVIEWED}."
    if not is_calibrated:
        return (
            "Several tubes are accepted at once only by calibrated scores. That takes "
            f"{ENOUGH} accepted and {ENOUGH} rejected proposals on hold-out videos, and proposing "
            "again after that."
        )
    return f"No open tube has a calibrated score of {least:.2f} or more."
