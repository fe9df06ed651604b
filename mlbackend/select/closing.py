"""What a person's commit closes in the queue, what they answered, and how long it took."""

from collections.abc import Collection, Iterable, Sequence
from datetime import UTC, datetime
from typing import Any, Protocol

from django.db import IntegrityError, transaction
from django.db.models import Max, Q
from django.utils import timezone

from labeling import api
from labeling.domain.span import Span
from labeling.domain.state import State as Said
from mlbackend.models import QueueItem
from mlbackend.select.leases import LEASE, lease_prolong
from mlbackend.select.second import LONGEST_S, second_looks_make

Kind, State, Slice, Answer = QueueItem.Kind, QueueItem.State, QueueItem.Slice, QueueItem.Answer
_FIELDS = (
    "state", "answer", "answer_detail", "done_by", "done_at", "seconds",
    "leased_by", "leased_until", "blind",
)  # fmt: skip


class Settled(Protocol):
    """What a person's commit settled, as `labeling.correct.services.Settled`."""

    project_id: int
    video_id: str
    author_id: int | None
    revision: int
    tubes: dict[str, str | None]
    spans: dict[str, str | None]
    covered: tuple[tuple[int, int], ...]
    covered_tubes: tuple[str, ...]
    reopened: tuple[str, ...]


def queue_close(settled: Settled) -> int:
    """Close what the commit answered; open again what it took back. Returns how many closed.

    A tube, a segment or a stretch is asked once; what its author changes about it within the next
    ten minutes still belongs to the answer.
    """
    lease_prolong(settled.author_id, settled.project_id)
    with transaction.atomic():
        items_reopen(settled.project_id, settled.reopened)
        found = _answered(settled)
        closed = sum(item.state == State.OPEN for item in found)
        spans = _spans_by_tube(item.tube_id for item in found)
        seconds = _seconds(settled, found) if found else 0.0
        for item in found:
            _answer(item, settled, spans.get(str(item.tube_id), []), seconds / len(found))
            item.save(update_fields=_FIELDS)
        second_looks_make([i for i in found if not _is_undecided(spans.get(str(i.tube_id), []))])
    return closed


def _answered(settled: Settled) -> list[QueueItem]:
    """Items on this video that the commit answers: open ones, and its author's of a moment ago."""
    rows = QueueItem.objects.select_for_update().filter(
        project_id=settled.project_id, video_id=settled.video_id
    ).exclude(slice=Slice.SECOND)  # fmt: skip
    looked_at = {*settled.tubes, *settled.covered_tubes}
    about = Q(tube_id__in=looked_at) | Q(span_id__in=settled.spans)
    if settled.covered:
        about |= Q(kind=Kind.STRETCH)
    found = [i for i in rows.filter(about, state=State.OPEN) if _is_answered(i, settled)]
    recent = rows.filter(
        state=State.DONE, done_by_id=settled.author_id, done_at__gte=timezone.now() - LEASE,
        answer__in=(Answer.ACCEPTED, Answer.CORRECTED, Answer.REJECTED),
    )  # fmt: skip
    open_again = {item.tube_id or item.span_id for item in found}
    return found + [
        i for i in _about(settled, recent) if (i.tube_id or i.span_id) not in open_again
    ]


def _is_answered(item: QueueItem, settled: Settled) -> bool:
    """Whether an open item that the commit touches has its answer."""
    if item.kind == Kind.STRETCH:
        return _covers(settled.covered, item.start_frame or 0, item.end_frame or 0)
    # A tube is decided once it is no proposal; one that was decided long ago, and is asked about
    # because the labels changed, when its actions were looked through.
    is_decided = item.kind == Kind.SEGMENT or str(item.tube_id) in settled.tubes
    return is_decided or item.slice == Slice.SCHEMA


def _about(settled: Settled, recent: Iterable[QueueItem]) -> list[QueueItem]:
    """Those of some answered items that the commit changes something about."""
    items = list(recent)
    touched = {*settled.tubes, *settled.covered_tubes, *settled.spans}
    if settled.spans:
        spans = api.tube_spans({item.tube_id for item in items if item.tube_id})
        touched |= {str(span.tube_id) for span in spans if span.id in settled.spans}
    return [item for item in items if str(item.tube_id or item.span_id) in touched]


def _covers(ranges: Iterable[tuple[int, int]], start: int, end: int) -> bool:
    """Whether half-open ranges, in any order, hold all frames from start to end."""
    for first, last in sorted(ranges):
        if first > start:
            return False
        start = max(start, last)
        if start >= end:
            return True
    return start >= end


def _spans_by_tube(tube_ids: Iterable[Any]) -> dict[str, list[Span]]:
    found: dict[str, list[Span]] = {}
    for span in api.tube_spans({tube_id for tube_id in tube_ids if tube_id}):
        found.setdefault(str(span.tube_id), []).append(span)
    return found


def _is_undecided(spans: Collection[Span]) -> bool:
    return any(span.state is Said.PROPOSED for span in spans)


def _answer(item: QueueItem, settled: Settled, spans: list[Span], seconds: float) -> None:
    if item.state == State.OPEN and item.leased_by_id != settled.author_id:
        # Not handed out to them: they came upon it elsewhere, and the page showed all of it.
        item.blind = False
    item.answer_detail = {**item.answer_detail, **_detail(item, spans)}
    item.answer = _answer_of(item, settled, spans)
    item.seconds = round((item.seconds or 0.0) + seconds, 1)
    item.state, item.done_by_id = State.DONE, settled.author_id
    item.done_at = timezone.now()
    item.leased_by = item.leased_until = None


def _answer_of(item: QueueItem, settled: Settled, spans: list[Span]) -> str:
    """What became of the proposal; of a blind one, whether the person said the same actions."""
    if item.kind == Kind.STRETCH:
        return Answer.COVERED
    if item.kind == Kind.SEGMENT:
        return _by_state(settled.spans.get(str(item.span_id)))
    state = settled.tubes.get(str(item.tube_id), _state_now(item))
    by_box = _by_state(state)
    if by_box != Answer.ACCEPTED:
        return by_box
    if item.blind:
        detail = item.answer_detail
        return Answer.ACCEPTED if detail["said"] == detail["proposed"] else Answer.CORRECTED
    as_it_was = all(span.state in (Said.ACCEPTED, Said.PROPOSED) for span in spans)
    return Answer.ACCEPTED if as_it_was else Answer.CORRECTED


def _state_now(item: QueueItem) -> str | None:
    return api.tube_states([item.tube_id]).get(str(item.tube_id))


def _by_state(state: str | None) -> str:
    answers = {Said.ACCEPTED: Answer.ACCEPTED, Said.REJECTED: Answer.REJECTED, None: Answer.GONE}
    return answers.get(state and Said(state), Answer.CORRECTED)  # type: ignore[call-overload]


def _detail(item: QueueItem, spans: list[Span]) -> dict[str, Any]:
    """Actions said and proposed, by label id."""
    if item.kind != Kind.TUBE:
        return {}
    no = (Said.REJECTED, Said.PROPOSED)
    return {
        "said": sorted({span.label_id for span in spans if span.state not in no}),
        "proposed": sorted({span.proposed["label_id"] for span in spans if span.proposed}),
    }


def _seconds(settled: Settled, items: Sequence[QueueItem]) -> float:
    """Seconds the author worked on this video for these items.

    Counted from when they were handed out, or made, but not before the author's last answer: what
    led to that one has been counted.
    """
    since = max(_last_answer(settled), min(_began(item, settled.author_id) for item in items))
    return api.seconds_of(settled.video_id, settled.author_id, since, LONGEST_S)


def _last_answer(settled: Settled) -> datetime:
    rows = QueueItem.objects.filter(project_id=settled.project_id, done_by_id=settled.author_id)
    last: datetime | None = rows.aggregate(last=Max("done_at"))["last"]
    return last or datetime.min.replace(tzinfo=UTC)


def _began(item: QueueItem, author_id: int | None) -> datetime:
    is_theirs = author_id in (item.leased_by_id, item.done_by_id)
    return item.leased_at if is_theirs and item.leased_at else item.created_at


def items_reopen(project_id: int, object_ids: Collection[str]) -> int:
    """Decisions about these tubes and segments were taken back: they are asked again.

    Each comes back under its id and in its place, unless it waits in the queue already.
    """
    decided = {i for i, state in api.tube_states(object_ids).items() if state != Said.PROPOSED}
    object_ids = set(object_ids) - decided
    if not object_ids:
        return 0
    about = Q(tube_id__in=object_ids) | Q(span_id__in=object_ids)
    rows = QueueItem.objects.filter(about, project_id=project_id, state=State.DONE)
    latest: dict[Any, QueueItem] = {}
    for item in rows.exclude(slice=Slice.SECOND).order_by("done_at"):
        latest[item.tube_id or item.span_id] = item
    return sum(_reopened(item) for item in latest.values())


def items_of_gone_close(project_id: int) -> int:
    """Close the items of proposed segments that went with their label; returns how many."""
    there = api.proposed_segments(project_id)
    rows = QueueItem.objects.filter(project_id=project_id, state=State.OPEN, kind=Kind.SEGMENT)
    gone = [pk for pk, span_id in rows.values_list("pk", "span_id") if str(span_id) not in there]
    return QueueItem.objects.filter(pk__in=gone, state=State.OPEN).update(
        state=State.DONE, answer=Answer.GONE, done_at=timezone.now(),
        leased_by=None, leased_until=None,
    )  # fmt: skip


def _reopened(item: QueueItem) -> bool:
    try:
        with transaction.atomic():
            return bool(
                QueueItem.objects.filter(pk=item.pk, state=State.DONE).update(
                    state=State.OPEN, answer=Answer.NONE, done_by=None, done_at=None, seconds=None
                )
            )
    except IntegrityError:
        return False  # it waits already, or its video is in the hold-out now
