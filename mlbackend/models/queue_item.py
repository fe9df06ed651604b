"""What a person sees next: a tube, why it was chosen, and a lease."""

from __future__ import annotations

import uuid

from django.conf import settings
from django.db import models

from mlbackend.models.model_version import ModelVersion


class QueueItem(models.Model):
    """A tube waiting for review.

    Videos and tubes are named by id, not by foreign key: the tables are `labeling`'s, and an
    item whose tube has gone is simply passed over. The number a tube was given never changes, so it
    is kept here. Rank 0 is handed out first.
    """

    class State(models.TextChoices):
        """Open items are handed out; done and skipped ones are history."""

        OPEN = "open"
        DONE = "done"
        SKIPPED = "skipped"

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    project = models.ForeignKey(
        "labeling.Project", on_delete=models.CASCADE, related_name="queue_items"
    )
    video_id = models.UUIDField()
    tube_id = models.UUIDField()
    tube_number = models.PositiveIntegerField(null=True)
    kind = models.CharField(max_length=16, default="tube")
    reason = models.CharField(max_length=300, blank=True, default="")
    score = models.FloatField(default=0.0)
    rank = models.PositiveIntegerField(default=0)
    state = models.CharField(max_length=16, choices=State.choices, default=State.OPEN)
    leased_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        null=True,
        blank=True,
        on_delete=models.SET_NULL,
        related_name="leased_items",
    )
    leased_until = models.DateTimeField(null=True, blank=True)
    model = models.ForeignKey(
        ModelVersion, null=True, blank=True, on_delete=models.SET_NULL, related_name="queue_items"
    )
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        """A tube is open at most once; the next item is one index read."""

        ordering = ("project", "rank")
        indexes = (models.Index(fields=("project", "state", "rank"), name="queue_next"),)
        constraints = (
            models.UniqueConstraint(
                fields=("tube_id",),
                condition=models.Q(state="open"),
                name="one_open_item_per_tube",
            ),
        )

    def __str__(self) -> str:
        return f"{self.kind} {self.tube_id} ({self.state}, rank {self.rank})"
