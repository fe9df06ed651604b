"""Planting wrong proposals in the queue, and what follows when somebody decides one.

How many: `planted_share` of the loop's settings, of a batch; 0 is off, and takes back what waits.
Everything is drawn from how many were planted and answered before, so that a killed rebuild plants
the same.
"""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import numpy as np
from django.db import transaction
from django.db.models import QuerySet
from django.utils import timezone

from labeling import api
from labeling.domain.blind import HOLD_OUT
from labeling.domain.errors import Conflict
from mlbackend.guards.fast import fast_ones_ask
from mlbackend.guards.planting import Planting, planting
from mlbackend.loop_settings import LoopSettings
from mlbackend.models import QueueItem
from mlbackend.select.services import item_insert
from mlbackend.select.viewing import Question, QuestionKind

Kind, State, Slice, Answer = QueueItem.Kind, QueueItem.State, QueueItem.Slice, QueueItem.Answer
ORDINARY = (Slice.CHOSEN, Slice.RANDOM, Slice.DISCOVERY)
# Among fewer others a planted one would stand out.
LEAST_OTHERS = 3
_SEED = 0x9A4D
_ASKED_OF_ANY = (QuestionKind.PERSON, QuestionKind.ACTIONS)
_TYPICAL = "typical of what nobody has reviewed yet"
_ANSWERS = {"caught": Answer.REJECTED, "missed": Answer.ACCEPTED}


def guards_follow(project_id: int) -> None:
    """What follows when the queue was made anew: planting, and second looks at fast answers."""
    plants_place(project_id)
    fast_ones_ask(project_id, LoopSettings.of(api.project(project_id).settings).batch)


def plants_place(project_id: int) -> int:
    """Plant what is due, after the queue was made anew; returns how many were planted.

    What a crash left behind is settled first, and what may not wait any more is taken back.
    """
    settings = LoopSettings.of(api.project(project_id).settings)
    if not settings.planted_share and not api.planted(project_id):
        return 0
    api.planted_mend(project_id=project_id)
    _withdraw(project_id, all_of_them=settings.planted_share == 0.0)
    items_follow(project_id)
    return sum(_plant(project_id, settings.batch) for _ in range(_due(project_id, settings)))


def planted_told(video_id: Any) -> list[dict[str, Any]]:
    """After a commit by hand: settle the video's planted proposals; what its author should hear."""
    answered = api.planted_settle(video_id=video_id)
    if answered:
        items_follow(api.video(video_id).project_id)
    return [one.as_dict() for one in answered]


def items_follow(project_id: int) -> int:
    """Close the queue's items of planted proposals that wait no more; returns how many were."""
    planted = {one.object_id: one for one in api.planted(project_id)}
    rows = QueueItem.objects.filter(
        project_id=project_id, slice=Slice.PLANTED, state=State.OPEN
    )  # fmt: skip
    closed = 0
    for item in rows:
        one = planted.get(str(item.span_id or item.tube_id))
        if one is not None and one.answer == "open":
            continue
        closed += rows.filter(pk=item.pk).update(
            state=State.DONE, leased_by=None, leased_until=None,
            answer=_ANSWERS.get(one.answer, Answer.GONE) if one else Answer.GONE,
            done_by_id=one.shown_to_id if one else None,
            done_at=(one.answered_at if one else None) or timezone.now(),
        )  # fmt: skip
    return closed


def _withdraw(project_id: int, *, all_of_them: bool) -> None:
    """Take back open ones: all, or those that nobody will be asked about, as their video went into
    the hold-out or somebody skipped them. What somebody has open stays until it is closed."""
    facts = api.video_facts(project_id)
    rows = QueueItem.objects.filter(project_id=project_id, slice=Slice.PLANTED, state=State.OPEN)
    asked = {str(span or tube) for span, tube in rows.values_list("span_id", "tube_id")}
    held = _held(project_id)
    by_video: dict[str, list[str]] = {}
    for one in api.planted(project_id):
        held_out = one.video_id in facts and facts[one.video_id].split == HOLD_OUT
        is_due = all_of_them or held_out or one.object_id not in asked
        if one.answer == "open" and is_due and one.object_id not in held:
            by_video.setdefault(one.video_id, []).append(one.object_id)
    for video_id, object_ids in by_video.items():
        api.planted_withdraw(video_id=video_id, object_ids=object_ids)


def _held(project_id: int) -> set[str]:
    rows = QueueItem.objects.filter(
        project_id=project_id, slice=Slice.PLANTED, state=State.OPEN,
        leased_until__gt=timezone.now(),
    ).exclude(leased_by=None)  # fmt: skip
    return {str(span or tube) for span, tube in rows.values_list("span_id", "tube_id")}


def _due(project_id: int, settings: LoopSettings) -> int:
    """How many to plant now: the batch's share, less those that wait, and after the first ones no
    more than the share of what was answered since."""
    if not settings.planted_share:
        return 0
    known = [one for one in api.planted(project_id) if one.answer != "withdrawn"]
    wanted = settings.planted_share * settings.batch
    answered = _answered(project_id)
    # A share of a batch that is less than one: sometimes one, by chance.
    most = int(wanted + _rng(project_id, answered.count()).random())
    if not known:
        return most
    waiting = sum(one.answer == "open" for one in known)
    since = answered.filter(done_at__gt=known[0].planted_at).count()
    # Rounded: a twentieth of twenty is one, whatever floating point makes of it.
    return max(0, min(most - waiting, int(round(settings.planted_share * since, 6))))


def _answered(project_id: int) -> QuerySet[QueueItem]:
    """What people have answered in the ordinary course."""
    return QueueItem.objects.filter(
        project_id=project_id, state=State.DONE, slice__in=ORDINARY, done_by__isnull=False
    )


def _rng(project_id: int, *salt: int) -> np.random.Generator:
    return np.random.default_rng([_SEED, len(api.planted(project_id)), *salt])


@transaction.atomic
def _plant(project_id: int, batch: int) -> bool:
    """Plant one and put it into the queue at random among the next batch; False if none can be."""
    rng = _rng(project_id, _answered(project_id).count(), 1)
    others = list(
        QueueItem.objects.filter(
            project_id=project_id, state=State.OPEN, kind=Kind.TUBE, slice__in=ORDINARY,
            blind=False,
        ).order_by("rank", "created_at", "id")[:batch]
    )  # fmt: skip
    if len(others) < LEAST_OTHERS:
        return False
    reviewed = api.reviewed_videos(project_id)
    videos = sorted(api.videos(project_id, reviewed), key=lambda video: (video.sha256, video.name))
    key = f"{project_id}/{len(api.planted(project_id))}"
    made = planting(project_id, videos, rng, key)
    if made is None:
        return False
    like = others[int(rng.integers(len(others)))]
    rank = int(rng.integers(min(batch, len(others))))
    try:
        with transaction.atomic():
            _put(project_id, made, like, rank)
    except Conflict:
        return False  # its tube waits in the queue already
    return True


def _questions(like: QueueItem) -> list[Question]:
    """What is asked about another item and may as well be asked about this one.

    Where the box is doubtful, and any reason with a number, is of that one alone.
    """
    found = [
        Question(QuestionKind(asked["kind"]), asked["reason"])
        for asked in like.questions
        if asked["kind"] in _ASKED_OF_ANY and not any(c.isdigit() for c in asked["reason"])
    ]
    return found or [Question(QuestionKind.PERSON, _TYPICAL)]


def _put(project_id: int, made: Planting, like: QueueItem, rank: int) -> None:
    """Write the proposal and its item, which looks like another that waits."""
    if made.tube is not None:
        object_id = api.plant_tube(
            video_id=made.video_id, tube=made.tube, spans=made.spans, what=made.what
        )
        tube_id, span_id = object_id, None
        questions = _questions(like)
    else:
        (span,) = made.spans
        span_id = api.plant_span(video_id=made.video_id, span=span, what=made.what)
        tube_id = str(span.tube_id)
        questions = [replace(_questions(like)[0], kind=QuestionKind.ACTIONS)]
    number = api.annotations_with_planted(made.video_id).tubes[tube_id].number
    item_insert(
        project_id=project_id, video_id=made.video_id, rank=rank, slice=Slice.PLANTED,
        questions=questions, tube_id=tube_id, span_id=span_id, tube_number=number,
        score=like.score, model=like.model, probability=like.probability,
        asked_by={**like.asked_by, "planted": True},
    )  # fmt: skip
