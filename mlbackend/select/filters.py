"""What a person wants to see of the queue."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django.db.models import Q, QuerySet
from django.utils import timezone

from mlbackend.models import QueueItem

Slice = QueueItem.Slice


@dataclass(frozen=True, slots=True)
class Filters:
    """Everything that is not None or False narrows the queue.

    Attributes:
        video, label: ids; a label's items are those that ask about it.
        about: id of the tube or the segment that is asked about.
        blind: only what is shown without the model's actions.
        mine: only what the person who asks holds.
        unsure: only what somebody was unsure of.
    """

    kind: str | None = None
    slice: str | None = None
    video: Any = None
    label: int | None = None
    about: Any = None
    blind: bool = False
    mine: bool = False
    unsure: bool = False

    def applied(self, rows: QuerySet[QueueItem], user: Any, sees_all: bool) -> QuerySet[QueueItem]:
        """The rows that are wanted.

        Args:
            sees_all: this user may know which items are planted; to others they are "chosen".
        """
        exact = {"kind": self.kind, "video_id": self.video, "label_id": self.label}
        rows = rows.filter(**{name: value for name, value in exact.items() if value is not None})
        if self.slice:
            rows = rows.filter(_slice(self.slice, sees_all))
        if self.about is not None:
            rows = rows.filter(Q(tube_id=self.about) | Q(span_id=self.about))
        if self.blind:
            rows = rows.filter(blind=True)
        if self.mine:
            rows = rows.filter(leased_by=user, leased_until__gt=timezone.now())
        return rows.exclude(unsure_by=None) if self.unsure else rows


def _slice(name: str, sees_all: bool) -> Q:
    if sees_all:
        return Q(slice=name)
    return (
        Q(slice__in=[name, Slice.PLANTED])
        if name == Slice.CHOSEN
        else Q(slice=name) & ~Q(slice=Slice.PLANTED)
    )


def shown_slice(name: str, sees_all: bool) -> str:
    """Who chose an item, as far as this person may know."""
    return str(Slice.CHOSEN) if name == Slice.PLANTED and not sees_all else name
