"""Figures per person: do they notice what is wrong, and do they look before they accept?

From the queue's answered items and the planted proposals. Managers alone read them. Every share
comes with its interval and says so where it is of too few.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from typing import Any

from django.contrib.auth import get_user_model

from labeling import api
from mlbackend.guards.fast import LENGTH, is_fast, is_untouched
from mlbackend.guards.wilson import difference_of, share_of
from mlbackend.loop_settings import LoopSettings
from mlbackend.models import QueueItem
from mlbackend.models.queue_item import AT_ONCE

Kind, State, Slice, Answer = QueueItem.Kind, QueueItem.State, QueueItem.Slice, QueueItem.Answer
_CHOSEN = (Slice.CHOSEN, Slice.DISCOVERY)
_DECIDED = (Answer.ACCEPTED, Answer.CORRECTED, Answer.REJECTED)
# Below these a share says little of a person.
FEW_PLANTED, FEW_ANSWERS = 10, 20
# Planted proposals listed, the newest.
LISTED = 50
_SETTINGS = (
    "planted_share", "random_share", "blind_share", "double_share", "accept_all_from",
)  # fmt: skip


def guards(project_id: int) -> dict[str, Any]:
    """Per person and for all together; what is planted; the settings they follow from."""
    planted = api.planted(project_id)
    items = list(
        QueueItem.objects.filter(
            project_id=project_id, state=State.DONE, done_by__isnull=False
        ).defer("questions", "reason")
    )
    by_person: dict[int, list[QueueItem]] = defaultdict(list)
    for item in items:
        by_person[item.done_by_id].append(item)
    people = set(by_person) | {one.shown_to_id for one in planted if one.shown_to_id is not None}
    names = _names(people)
    looks = [item for item in items if item.slice == Slice.SECOND]
    settings = LoopSettings.of(api.project(project_id).settings).as_dict()
    return {
        "people": [
            {
                "username": names[person],
                **figures(
                    by_person[person],
                    [one for one in planted if one.shown_to_id == person],
                    [look for look in looks if person in (look.first_by_id, look.done_by_id)],
                ),
            }
            for person in sorted(people & names.keys(), key=lambda person: names[person])
        ],
        "everybody": figures(items, planted, looks),
        "planted": [_listed(one, names) for one in planted[:LISTED]],
        "planted_open": sum(one.answer == "open" for one in planted),
        "settings": {name: settings[name] for name in _SETTINGS},
    }


def figures(
    items: Sequence[QueueItem],
    planted: Sequence[api.PlantedValue],
    looks: Sequence[QueueItem],
) -> dict[str, Any]:
    """Those of somebody's answers.

    Args:
        items: what they answered. planted: what was planted and shown to them.
        looks: answered second looks in which they were the first or the second.
    """
    caught = sum(one.answer == "caught" for one in planted)
    missed = sum(one.answer == "missed" for one in planted)
    shown = [i for i in items if not i.blind and _is_proposal(i)]
    untouched = [i for i in shown if is_untouched(i)]
    timed = [i for i in untouched if LENGTH in i.answer_detail and i.seconds is not None]
    drawn = [i for i in shown if i.slice == Slice.RANDOM]
    random = _accepted(drawn)
    blind = _accepted([i for i in items if i.blind and i.slice == Slice.RANDOM])
    # Only tubes are shown blind: what was shown of others is no comparison.
    seen = _accepted([i for i in drawn if i.kind == Kind.TUBE])
    found = {
        "planted": {
            **share_of(caught, caught + missed),
            "shown": caught + missed, "caught": caught, "missed": missed,
        },
        "shown": len(shown),
        "accepts": sum(i.answer != Answer.REJECTED for i in shown),
        "untouched": len(untouched),
        "fast_untouched": share_of(sum(map(is_fast, timed)), len(timed)),
        "random": share_of(*random),
        "chosen": share_of(*_accepted([i for i in shown if i.slice in _CHOSEN])),
        "blind": {**share_of(*blind), "anchoring": difference_of(seen, blind)},
        "second_looks": share_of(*_agreed(looks)),
    }  # fmt: skip
    return found | {"notes": _notes(found)}


def _is_proposal(item: QueueItem) -> bool:
    """Whether a model's proposal was decided, in the ordinary course."""
    ordinary = item.slice in (*_CHOSEN, Slice.RANDOM) and not item.answer_detail.get(AT_ONCE)
    return ordinary and item.kind in (Kind.TUBE, Kind.SEGMENT) and item.answer in _DECIDED


def _accepted(items: Sequence[QueueItem]) -> tuple[int, int]:
    """How many were accepted as they were, of how many; a blind one counts as accepted where the
    person marked just what the model had proposed."""
    decided = [item for item in items if item.answer in _DECIDED]
    return sum(item.answer == Answer.ACCEPTED for item in decided), len(decided)


def _agreed(looks: Sequence[QueueItem]) -> tuple[int, int]:
    """In how many second looks both said the same, of how many that could be compared."""
    pairs = [
        (look.answer_detail["first"], look.answer_detail)
        for look in looks
        if look.answer_detail.get("first") and "label_ids" in look.answer_detail
    ]
    same = [
        first["person"] == second["person"]
        and sorted(first["label_ids"]) == sorted(second["label_ids"])
        for first, second in pairs
    ]
    return sum(same), len(same)


def _notes(found: dict[str, Any]) -> list[str]:
    """What to bear in mind when reading these figures."""
    notes = []
    if 0 < found["planted"]["shown"] < FEW_PLANTED:
        notes.append("few planted ones yet: the rate says little")
    if 0 < found["shown"] < FEW_ANSWERS:
        notes.append("few answers yet")
    anchoring = found["blind"]["anchoring"]
    if anchoring["low"] is not None and anchoring["low"] > 0:
        notes.append("agrees with the model more often when its answer is shown")
    planted = found["planted"]
    if planted["shown"] >= FEW_PLANTED and planted["high"] < 0.5:
        notes.append("misses more than half of what is planted")
    return notes


def _names(people: set[int]) -> dict[int, str]:
    rows = get_user_model().objects.filter(pk__in=people)
    return {user.pk: user.get_username() for user in rows}


def _listed(one: api.PlantedValue, names: dict[int, str]) -> dict[str, Any]:
    return {
        "video_id": one.video_id, "kind": one.kind, "what": one.what, "answer": one.answer,
        "shown_to": names.get(one.shown_to_id) if one.shown_to_id is not None else None,
        "planted_at": one.planted_at, "answered_at": one.answered_at,
    }  # fmt: skip
