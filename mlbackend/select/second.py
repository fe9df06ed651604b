"""Second looks: a share of what is decided is seen by another person, who does not see what the
first one said, nor what the model had said. Their answer changes no annotation; it is compared."""

import hashlib
from collections.abc import Iterable, Sequence
from typing import Any

from django.db import IntegrityError, transaction
from django.utils import timezone

from labeling import api
from labeling.domain.errors import Conflict, InvalidInput
from labeling.domain.state import State as Said
from labeling.domain.taxonomy import LabelKind
from mlbackend.loop_settings import LoopSettings
from mlbackend.models import QueueItem
from mlbackend.select.leases import free_for
from mlbackend.select.selectors import item_for
from mlbackend.select.viewing import Question, QuestionKind

Kind, State, Slice, Answer = QueueItem.Kind, QueueItem.State, QueueItem.Slice, QueueItem.Answer
REASON = "a second look: what would you say, not knowing what was said before?"
WHAT = "all that you see them do"
# Of one commit, or one second look, at most so many seconds are work: longer is a pause.
LONGEST_S = 120.0
_NOT_REPEATED = (Slice.SECOND, Slice.PLANTED)
_NO = (Said.PROPOSED, Said.REJECTED)


def second_looks_make(items: Sequence[QueueItem]) -> int:
    """Ask about a share of these decided tubes once more; returns how many second looks were made.

    Which ones is a matter of chance, by a hash of the seed and of what the tube is called, so that
    the same project with the same answers asks the same again. The share is the project's
    `double_share`.
    """
    decided = [item for item in items if _may_repeat(item)]
    if not decided:
        return 0
    share = LoopSettings.of(api.project(decided[0].project_id).settings).double_share
    if share == 0.0:
        return 0
    facts = api.video_facts(decided[0].project_id, {item.video_id for item in decided})
    drawn = [
        item for item in decided
        if is_drawn(seed_of(item), facts[str(item.video_id)].sha256, item.tube_number, share)
    ]  # fmt: skip
    return sum(_make(item, share) for item in drawn)


def second_look_ask(item: QueueItem) -> bool:
    """Ask about this decided tube once more, whatever chance says; False if that cannot be."""
    return _may_repeat(item) and _make(item, None)


def _may_repeat(item: QueueItem) -> bool:
    is_said = item.answer in (Answer.ACCEPTED, Answer.CORRECTED, Answer.REJECTED)
    is_tube = item.kind == Kind.TUBE and item.slice not in _NOT_REPEATED
    return is_tube and is_said and item.done_by_id is not None


def seed_of(item: QueueItem) -> int:
    """The seed of the ranking that asked for an item."""
    return int(item.asked_by.get("seed") or 0)


def is_drawn(seed: int, sha256: str, tube_number: int | None, share: float) -> bool:
    """Whether chance gives this tube a second look; the same for the same seed and tube."""
    digest = hashlib.sha256(f"second/{seed}/{sha256}/{tube_number}".encode()).digest()
    return int.from_bytes(digest[:8]) < share * 2**64


def _make(item: QueueItem, share: float | None) -> bool:
    looks = QueueItem.objects.filter(tube_id=item.tube_id, slice=Slice.SECOND)
    if looks.exclude(answer=Answer.GONE).exists():
        return False
    asked = (Question(QuestionKind.PERSON, REASON), Question(QuestionKind.ACTIONS, WHAT))
    try:
        with transaction.atomic():
            QueueItem.objects.create(
                project_id=item.project_id, video_id=item.video_id, kind=Kind.TUBE,
                tube_id=item.tube_id, tube_number=item.tube_number,
                questions=[question.as_dict() for question in asked], reason=REASON,
                rank=item.rank, slice=Slice.SECOND, blind=True, probability=share,
                first_by_id=item.done_by_id, model=item.model,
                asked_by={"seed": seed_of(item), "first": str(item.pk)},
            )  # fmt: skip
    except IntegrityError:
        return False  # the tube waits for an answer of another kind already
    return True


def second_answer(
    user: Any,
    item_id: Any,
    *,
    person: bool | None,
    label_ids: Iterable[int] = (),
    unsure: bool = False,
    seconds: float | None = None,
) -> QueueItem:
    """Take down what a second person says; annotations stay as they are.

    Args:
        person: is this a person; None only with `unsure`.
        label_ids: all actions they see on the tube.
        unsure: they cannot say; it is taken down as such and compared with nothing.
        seconds: of work, as the page counted them; without it the time since it was handed out.

    Raises:
        NotFound: there is no such item for this user.
        InvalidInput: it is no second look, or a label is no action of the project.
        Conflict: it is somebody else's, answered already, or the user's own first answer.
    """
    item = item_for(user, item_id)
    said = _checked(item, person, sorted(set(label_ids)), unsure)
    if item.first_by_id == user.pk:
        raise Conflict("You decided this one first: the second look is for somebody else.")
    detail = {**item.answer_detail, **said, "first": first_answer(item)}
    now = timezone.now()
    mine = free_for(user, item.project_id).filter(pk=item.pk)
    done = mine.update(
        state=State.DONE, answer=Answer.SECOND, answer_detail=detail, done_by=user, done_at=now,
        seconds=_seconds(item, user, seconds), leased_by=None, leased_until=None,
    )  # fmt: skip
    if not done:
        raise Conflict("Somebody else is looking at this or has answered it; go on to the next.")
    item.refresh_from_db()
    return item


def _checked(
    item: QueueItem, person: bool | None, label_ids: list[int], unsure: bool
) -> dict[str, Any]:
    if item.slice != Slice.SECOND:
        raise InvalidInput("Only second looks are answered here; this item is answered by review.")
    if unsure:
        return {"unsure_said": True}
    if person is None:
        raise InvalidInput("Say whether this is a person, or that you are unsure.")
    known = {label.id for label in api.labels(item.project_id) if label.kind is LabelKind.ACTION}
    unknown = [label_id for label_id in label_ids if label_id not in known]
    if unknown:
        raise InvalidInput(f"Label {unknown[0]} is no action of this project.")
    if label_ids and not person:
        raise InvalidInput("What is no person has no actions: leave label_ids empty.")
    return {"person": person, "label_ids": label_ids}


def first_answer(item: QueueItem) -> dict[str, Any] | None:
    """What the project says of the tube now, in the terms of a second look; None if it is gone."""
    state = api.tube_states([item.tube_id]).get(str(item.tube_id))
    if state is None:
        return None
    if state == Said.REJECTED:
        return {"person": False, "label_ids": []}
    spans = api.tube_spans([item.tube_id])
    return {
        "person": True,
        "label_ids": sorted({span.label_id for span in spans if span.state not in _NO}),
    }


def _seconds(item: QueueItem, user: Any, seconds: float | None) -> float:
    if seconds is None and item.leased_by_id == user.pk and item.leased_at:
        seconds = (timezone.now() - item.leased_at).total_seconds()
    return round(min(seconds or 0.0, LONGEST_S), 1)
