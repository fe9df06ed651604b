"""The review queue: made anew after proposals and rounds, handed out under leases.

A lease is a conditional update: of two people who ask at once, one changes the row and the other
goes on to the next. Ranks are the same for everybody.
"""

from collections.abc import Iterable
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any

from django.db import transaction
from django.db.models import Q, QuerySet
from django.utils import timezone

from labeling import api
from labeling.domain.errors import Conflict
from labeling.domain.taxonomy import LabelKind
from mlbackend.models import ModelVersion, QueueItem
from mlbackend.select.selectors import item_for

if TYPE_CHECKING:
    from mlbackend.select.ranking import Ranked

LEASE = timedelta(minutes=10)
State = QueueItem.State


def queue_rebuild(project_id: int) -> int:
    """Rank all unreviewed tubes; returns how many are open.

    Items that stay keep their id and lease and get their new place; those whose tube is decided or
    gone are done. A skipped tube comes back when another model has something to say about it.
    """
    # modAL, torch and OpenCV are loaded where they are used, not when the web server starts.
    from mlbackend.select.candidates import candidates
    from mlbackend.select.ranking import rank
    from mlbackend.train.champion import champion_load, champion_row
    from mlbackend.train.features import HOG_HOF

    began = timezone.now()
    row = champion_row(project_id)
    champion = champion_load(row)
    names = {
        label.id: label.name for label in api.labels(project_id) if label.kind is LabelKind.ACTION
    }
    ranked = rank(
        candidates(project_id, champion.descriptor if champion else HOG_HOF),
        champion and champion.model,
        names,
        seed=int(champion.manifest.get("seed", 0)) if champion else 0,
    )
    return _store(project_id, row, ranked, began)


def _store(
    project_id: int, champion: ModelVersion | None, ranked: "list[Ranked]", began: datetime
) -> int:
    """Bring the open items in line with the new order.

    Ranking takes a while: what a person decided since it began is left out, and what another
    ranking queued since then stays.
    """
    with transaction.atomic():
        proposed = api.proposed_tubes(project_id)
        rows = QueueItem.objects.filter(project_id=project_id)
        skipped = rows.filter(state=State.SKIPPED, model=champion).values_list("tube_id", flat=True)
        passed_over = {str(tube_id) for tube_id in skipped}
        known = {
            str(item.tube_id): item for item in rows.select_for_update().filter(state=State.OPEN)
        }
        items = [
            _placed(known.get(entry.candidate.tube_id), entry, place, project_id, champion)
            for place, entry in enumerate(ranked)
            if entry.candidate.tube_id in proposed
            and (entry.candidate.tube_id in known or entry.candidate.tube_id not in passed_over)
        ]
        wanted = {str(item.tube_id) for item in items}
        QueueItem.objects.bulk_update(
            [item for item in items if str(item.tube_id) in known],
            ["reason", "score", "rank", "model"],
            batch_size=500,
        )
        # Another rebuild may have queued the same tubes a moment ago: theirs stand.
        QueueItem.objects.bulk_create(
            [item for item in items if str(item.tube_id) not in known],
            batch_size=500,
            ignore_conflicts=True,
        )
        gone = [
            item.pk
            for tube_id, item in known.items()
            if tube_id not in wanted and (tube_id not in proposed or item.created_at < began)
        ]
        _close(rows.filter(pk__in=gone))
    return len(items)


def _placed(
    item: QueueItem | None,
    entry: "Ranked",
    place: int,
    project_id: int,
    champion: ModelVersion | None,
) -> QueueItem:
    """The tube's open item, or a new one, in its new place; a lease is left as it is."""
    tube = entry.candidate
    item = item or QueueItem(
        project_id=project_id,
        video_id=tube.video_id,
        tube_id=tube.tube_id,
        tube_number=tube.number,
    )
    item.rank, item.score, item.reason = place, entry.score, entry.reason[:300]
    item.model = champion
    return item


def _close(rows: QuerySet[QueueItem]) -> int:
    return rows.filter(state=State.OPEN).update(state=State.DONE, leased_by=None, leased_until=None)


def queue_next(user: Any, project_id: int, after: Any = None) -> QueueItem | None:
    """Lease the next item to this user; None when nothing is left for them.

    Args:
        after: id of the item just left: the next one in order is given, and from the start again
            after the last. Without it the first item that is free or already this user's.
    """
    left = item_for(user, after) if after else None
    free = _free_for(user, project_id)
    if left is not None:
        free = free.exclude(pk=left.pk)
        rank = left.rank
        attempts = (free.filter(rank__gt=rank), free.filter(rank__lte=rank))
    else:
        attempts = (free,)
    for rows in attempts:
        # Each lost race removes one row from `rows`, so this ends.
        while (item := rows.order_by("rank", "id").first()) is not None:
            if _lease(item, user, project_id):
                return item
    return None


def _free_for(user: Any, project_id: int) -> QuerySet[QueueItem]:
    free = Q(leased_by=None) | Q(leased_until__lt=timezone.now()) | Q(leased_by=user)
    return QueueItem.objects.filter(free, project_id=project_id, state=State.OPEN)


def _lease(item: QueueItem, user: Any, project_id: int) -> bool:
    """Take the item if it is still free; a person holds one lease in a project at a time."""
    until = timezone.now() + LEASE
    taken = _free_for(user, project_id).filter(pk=item.pk)
    if not taken.update(leased_by=user, leased_until=until):
        return False
    others = QueueItem.objects.filter(project_id=project_id, leased_by=user)
    others.exclude(pk=item.pk).update(leased_by=None, leased_until=None)
    item.leased_by, item.leased_until = user, until
    return True


def queue_skip(user: Any, item_id: Any) -> None:
    """Put an item aside until another model ranks the queue.

    Raises:
        NotFound: there is no such item for this user.
        Conflict: it is somebody else's at the moment, or closed already.
    """
    item = item_for(user, item_id)
    open_to_me = _free_for(user, item.project_id).filter(pk=item.pk)
    if not open_to_me.update(state=State.SKIPPED, leased_by=None, leased_until=None):
        raise Conflict(
            "This item is being reviewed by somebody else or is closed already; go on to the next."
        )


def queue_close(project_id: int, tube_ids: Iterable[str]) -> int:
    """A person decided these tubes: they are not asked again. Returns how many items closed."""
    return _close(QueueItem.objects.filter(project_id=project_id, tube_id__in=list(tube_ids)))
