"""Reading the queue."""

import hashlib
import json
import uuid
from collections import Counter
from typing import Any

from django.db.models import Count, Q
from django.utils import timezone

from labeling import api
from labeling.domain.errors import Forbidden, NotFound
from mlbackend.models import QueueItem
from mlbackend.select.filters import Filters, shown_slice

# A page shows this many of what is open; `total` says how many there are.
SHOWN = 100
State, Slice = QueueItem.State, QueueItem.Slice


def item_for(user: Any, item_id: Any, role: str = "annotator") -> QueueItem:
    """The item, for somebody who may annotate in its project.

    Raises:
        NotFound: it does not exist or belongs to a project the user does not see.
        Forbidden: the user may only look.
    """
    try:
        item = QueueItem.objects.get(pk=uuid.UUID(str(item_id)))
        api.project_for(user, item.project_id, role)
    except (QueueItem.DoesNotExist, ValueError, NotFound):
        raise NotFound("There is no such queue item.") from None
    return item


def sees_all(user: Any, project_id: int) -> bool:
    """Whether this user may know which items are planted."""
    try:
        api.project_for(user, project_id, "manager")
    except Forbidden:
        return False
    return True


def is_unsure_of(user: Any, item: QueueItem) -> bool:
    """Whether the user has left this item to somebody else once."""
    return user.pk in item.answer_detail.get("unsure", [])


def queue(
    user: Any, project_id: int, filters: Filters, *, may_see_all: bool, offset: int = 0
) -> dict[str, Any]:
    """A page of the open items in order, and counts.

    Args:
        may_see_all: as `sees_all` says of this user.

    Returns:
        items, total: those that pass the filters; open: all; kinds, slices: how many of each are
        open, by name; waiting: how many are open and not for this user now, by why.
    """
    everything = QueueItem.objects.filter(project_id=project_id, state=State.OPEN)
    rows = filters.applied(everything, user, may_see_all)
    shown = rows.select_related("leased_by", "unsure_by").order_by("rank", "created_at", "id")
    kinds, slices = _counts(project_id, may_see_all)
    return {
        "items": with_video_names(project_id, list(shown[offset : offset + SHOWN])),
        "total": rows.count(),
        "offset": offset,
        "open": sum(kinds.values()),
        "kinds": kinds,
        "slices": slices,
        "waiting": _waiting(user, project_id),
    }


def _counts(project_id: int, may_see_all: bool) -> tuple[dict[str, int], dict[str, int]]:
    kinds: Counter[str] = Counter()
    slices: Counter[str] = Counter()
    rows = QueueItem.objects.filter(project_id=project_id, state=State.OPEN)
    for kind, name, n in rows.order_by().values_list("kind", "slice").annotate(Count("id")):
        kinds[kind] += n
        slices[shown_slice(name, may_see_all)] += n
    return dict(kinds), dict(slices)


def _waiting(user: Any, project_id: int) -> dict[str, int]:
    rows = QueueItem.objects.filter(project_id=project_id, state=State.OPEN)
    held = Q(leased_until__gt=timezone.now()) & ~Q(leased_by=user) & Q(leased_by__isnull=False)
    return rows.aggregate(
        held=Count("id", filter=held),
        unsure=Count("id", filter=Q(unsure_by=user)),
        second=Count("id", filter=Q(slice=Slice.SECOND, first_by=user)),
    )


def with_video_names(project_id: int, items: list[QueueItem]) -> list[QueueItem]:
    """Set `video_name` on every item; a video deleted meanwhile has none."""
    facts = api.video_facts(project_id, {item.video_id for item in items})
    for item in items:
        known = facts.get(str(item.video_id))
        item.video_name = known.name if known else ""  # type: ignore[attr-defined]
    return items


def queue_hash(project_id: int) -> str:
    """SHA-256 of the open queue: order, what is asked about what, and why.

    Nothing drawn at random, such as an id, is in it: a project made again, with the same seed and
    the same answers, has the same hash.
    """
    facts = api.video_facts(project_id)
    labels = {label.id: label.name for label in api.labels(project_id)}
    rows = QueueItem.objects.filter(project_id=project_id, state=State.OPEN)
    digest = hashlib.sha256()
    for item in rows.order_by("rank", "created_at", "id").iterator(chunk_size=2000):
        video = facts.get(str(item.video_id))
        line = [
            item.kind, video.sha256 if video else "", item.tube_number,
            labels.get(item.label_id), item.start_frame, item.end_frame,
            item.slice, item.blind, item.questions,
        ]  # fmt: skip
        digest.update(json.dumps(line, sort_keys=True, separators=(",", ":")).encode() + b"\n")
    return digest.hexdigest()
