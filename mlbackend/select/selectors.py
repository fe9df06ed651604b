"""Reading the queue."""

import uuid
from typing import Any

from labeling import api
from labeling.domain.errors import NotFound
from mlbackend.models import QueueItem

# A page shows this many of what is open; `total` says how many there are.
SHOWN = 100


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


def queue(project_id: int) -> dict[str, Any]:
    """The first open items in order and how many are open."""
    rows = QueueItem.objects.filter(project_id=project_id, state=QueueItem.State.OPEN)
    shown = rows.select_related("leased_by").order_by("rank", "id")[:SHOWN]
    return {"items": with_video_names(project_id, list(shown)), "total": rows.count()}


def with_video_names(project_id: int, items: list[QueueItem]) -> list[QueueItem]:
    """Set `video_name` on every item; a video deleted meanwhile has none."""
    names = {video.id: video.name for video in api.videos(project_id, {i.video_id for i in items})}
    for item in items:
        item.video_name = names.get(str(item.video_id), "")  # type: ignore[attr-defined]
    return items
