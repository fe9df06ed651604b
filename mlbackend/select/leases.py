"""Handing the queue out: one person an item, for ten minutes, renewed while they work.

A lease is a conditional update: of two people who ask at once, one changes the row and the other
goes on to the next. Ranks are the same for everybody.
"""

from collections.abc import Iterator
from datetime import timedelta
from typing import Any

from django.db import IntegrityError, transaction
from django.db.models import Q, QuerySet
from django.utils import timezone

from labeling import api
from labeling.domain.errors import Conflict
from mlbackend.models import QueueItem
from mlbackend.select.filters import Filters
from mlbackend.select.selectors import is_unsure_of, item_for, sees_all

LEASE = timedelta(minutes=10)
State, Slice = QueueItem.State, QueueItem.Slice
# Places looked at in one query; more than one only where people were unsure.
_LOOKED_AT = 20
_TAKEN = "This item is being reviewed by somebody else or is closed already; go on to the next."


def queue_next(
    user: Any, project_id: int, after: Any = None, filters: Filters | None = None
) -> QueueItem | None:
    """Lease the next item to this user; None when nothing is left for them.

    Nobody gets back what they were unsure of, nor a second look at what they decided first.

    Args:
        after: id of the item just left: the next one in order is given, and from the start again
            after the last. Without it the first item that is free or already this user's.
        filters: only these are given.
    """
    left = item_for(user, after) if after else None
    free = _for(user, project_id)
    if filters:
        free = filters.applied(free, user, sees_all(user, project_id))
    attempts = [free]
    if left is not None:
        free = free.exclude(pk=left.pk)
        attempts = [free.filter(_behind(left)), free.exclude(_behind(left))]
    for rows in attempts:
        for item in _in_order(rows):
            if not is_unsure_of(user, item) and _lease(item, user, project_id):
                return item
    return None


def _behind(item: QueueItem) -> Q:
    """What comes after an item: an item put in by hand shares its rank with the one before it."""
    later = Q(created_at__gt=item.created_at) | Q(created_at=item.created_at, id__gt=item.pk)
    return Q(rank__gt=item.rank) | (Q(rank=item.rank) & later)


def _for(user: Any, project_id: int) -> QuerySet[QueueItem]:
    """What may be handed to this user now."""
    rows = free_for(user, project_id).exclude(unsure_by=user)
    return rows.exclude(slice=Slice.SECOND, first_by=user)


def free_for(user: Any, project_id: int) -> QuerySet[QueueItem]:
    """Open items that nobody else holds."""
    free = Q(leased_by=None) | Q(leased_until__lte=timezone.now()) | Q(leased_by=user)
    return QueueItem.objects.filter(free, project_id=project_id, state=State.OPEN)


def _in_order(rows: QuerySet[QueueItem]) -> Iterator[QueueItem]:
    """Items in order, a few a query; those that another took meanwhile are read no more."""
    seen: set[Any] = set()
    while page := list(rows.exclude(pk__in=seen).order_by("rank", "created_at", "id")[:_LOOKED_AT]):
        seen.update(item.pk for item in page)
        yield from page


def _lease(item: QueueItem, user: Any, project_id: int) -> bool:
    """Take the item if it is still free; a person holds one lease in a project at a time."""
    now = timezone.now()
    goes_on = item.leased_by_id == user.pk and item.leased_until and item.leased_until > now
    since = item.leased_at if goes_on and item.leased_at else now
    taken = _for(user, project_id).filter(pk=item.pk)
    try:
        with transaction.atomic():
            won = taken.update(leased_by=user, leased_at=since, leased_until=now + LEASE)
    except IntegrityError:
        return False  # its video is in the hold-out now; the next rebuild closes it
    if not won:
        return False
    # The one before runs out, and still says whose it was: their answer may be on its way.
    others = QueueItem.objects.filter(project_id=project_id, leased_by=user, state=State.OPEN)
    others.exclude(pk=item.pk).filter(leased_until__gt=now).update(leased_until=now)
    item.leased_by, item.leased_at, item.leased_until = user, since, now + LEASE
    return True


def queue_renew(user: Any, item_id: Any) -> QueueItem:
    """Somebody is still at work on their item: ten minutes more.

    Raises:
        NotFound: there is no such item for this user.
        Conflict: it is somebody else's by now, or closed.
    """
    item = item_for(user, item_id)
    if not free_for(user, item.project_id).filter(pk=item.pk).exists():
        raise Conflict(_TAKEN)
    if not _lease(item, user, item.project_id):
        raise Conflict(_TAKEN)
    return item


def lease_prolong(user_id: int | None, project_id: int) -> None:
    """A commit is a sign of life: what its author holds they keep for another while."""
    now = timezone.now()
    QueueItem.objects.filter(
        project_id=project_id, leased_by_id=user_id, state=State.OPEN, leased_until__gt=now
    ).update(leased_until=now + LEASE)


def queue_skip(user: Any, item_id: Any) -> None:
    """Put an item aside until another model ranks the queue.

    Raises:
        NotFound: there is no such item for this user.
        Conflict: it is somebody else's at the moment, or closed already.
    """
    _give_back(user, item_for(user, item_id), state=State.SKIPPED)


def queue_unsure(user: Any, item_id: Any) -> int:
    """Leave an item to somebody else, in its place; it never comes back to this user.

    Returns:
        How many others in the project may annotate and have not been unsure of it themselves.

    Raises:
        NotFound: there is no such item for this user.
        Conflict: it is somebody else's at the moment, or closed already.
    """
    item = item_for(user, item_id)
    unsure = sorted({*item.answer_detail.get("unsure", []), user.pk})
    detail = {**item.answer_detail, "unsure": unsure}
    _give_back(user, item, unsure_by=user, answer_detail=detail)
    others = api.annotators(item.project_id) - set(unsure)
    return len(others - {item.first_by_id})


def _give_back(user: Any, item: QueueItem, **values: Any) -> None:
    mine = free_for(user, item.project_id).filter(pk=item.pk)
    if not mine.update(leased_by=None, leased_until=None, **values):
        raise Conflict(_TAKEN)
