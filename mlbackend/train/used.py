"""What the loop has to do with the videos of a project, for who draws the hold-out."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django.utils import timezone

from mlbackend.models import QueueItem, UsedVideo


@dataclass(frozen=True, slots=True)
class Used:
    """Ids of videos: which any round trained on, which it measured on, which somebody has open."""

    trained_on: frozenset[str]
    measured_on: frozenset[str]
    open: frozenset[str]


def used_videos(project_id: int) -> Used:
    """Read them from the rounds' own list, and from the leases of the queue."""
    rows = UsedVideo.objects.filter(round__project_id=project_id)
    leased = QueueItem.objects.filter(
        project_id=project_id, state=QueueItem.State.OPEN, leased_until__gt=timezone.now()
    ).exclude(leased_by=None)
    return Used(
        trained_on=_ids(rows.filter(use=UsedVideo.Use.TRAIN)),
        measured_on=_ids(rows.filter(use=UsedVideo.Use.HOLD_OUT)),
        open=_ids(leased),
    )


def _ids(rows: Any) -> frozenset[str]:
    return frozenset(map(str, rows.order_by().values_list("video_id", flat=True).distinct()))
