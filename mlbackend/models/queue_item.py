"""What a person sees next: one viewing with its questions, why it was chosen, and a lease."""

from __future__ import annotations

import uuid

from django.conf import settings
from django.db import models

from mlbackend.models.model_version import ModelVersion

# In `answer_detail` of an item that was accepted with others by its score: nobody looked at it.
AT_ONCE = "at_once"


class QueueItem(models.Model):
    """One viewing that waits for a person: a tube, a segment, or a stretch of a video.

    Videos, tubes and spans are named by id, not by foreign key: the tables are `labeling`'s, and an
    item whose tube has gone is simply passed over. The number a tube was given never changes, so it
    is kept here. Rank 0 is handed out first.

    All that is asked about one tube is asked in one viewing: `questions` is
    `[{"kind": person | tube | actions | boundary | missing, "reason": text}, …]`, and `reason` is
    that of the first. A database trigger refuses items of hold-out videos.
    """

    class State(models.TextChoices):
        """Open items are handed out; done and skipped ones are history."""

        OPEN = "open"
        DONE = "done"
        SKIPPED = "skipped"

    class Kind(models.TextChoices):
        """What is looked at: a tube, a segment (a span of the video), a stretch of time."""

        TUBE = "tube"
        SEGMENT = "segment"
        STRETCH = "stretch"

    class Slice(models.TextChoices):
        """Who chose it: the acquisition function, chance, the quota for actions never seen…"""

        CHOSEN = "chosen"
        RANDOM = "random"
        DISCOVERY = "discovery"
        PLANTED = "planted"
        SECOND = "second"  # a second look by another person, for agreement
        SCHEMA = "schema"  # asked again because the labels changed

    class Answer(models.TextChoices):
        """What became of the proposal."""

        NONE = ""
        ACCEPTED = "accepted"  # as it was
        CORRECTED = "corrected"
        REJECTED = "rejected"
        COVERED = "covered"  # a stretch was looked through
        SECOND = "second"
        GONE = "gone"  # nobody was asked in the end

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    project = models.ForeignKey(
        "labeling.Project", on_delete=models.CASCADE, related_name="queue_items"
    )
    video_id = models.UUIDField()
    kind = models.CharField(max_length=16, choices=Kind.choices, default=Kind.TUBE)
    tube_id = models.UUIDField(null=True)
    tube_number = models.PositiveIntegerField(null=True)
    span_id = models.UUIDField(null=True)
    label_id = models.PositiveIntegerField(null=True)
    start_frame = models.PositiveIntegerField(null=True)
    end_frame = models.PositiveIntegerField(null=True)
    questions = models.JSONField(default=list)
    reason = models.CharField(max_length=300, blank=True, default="")
    score = models.FloatField(default=0.0)
    rank = models.PositiveIntegerField(default=0)
    slice = models.CharField(max_length=16, choices=Slice.choices, default=Slice.CHOSEN)
    blind = models.BooleanField(default=False)
    probability = models.FloatField(null=True)
    asked_by = models.JSONField(default=dict, blank=True)
    state = models.CharField(max_length=16, choices=State.choices, default=State.OPEN)
    leased_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        null=True,
        blank=True,
        on_delete=models.SET_NULL,
        related_name="leased_items",
    )
    leased_at = models.DateTimeField(null=True, blank=True)
    leased_until = models.DateTimeField(null=True, blank=True)
    unsure_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        null=True,
        blank=True,
        on_delete=models.SET_NULL,
        related_name="+",
    )
    first_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        null=True,
        blank=True,
        on_delete=models.SET_NULL,
        related_name="+",
    )
    done_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        null=True,
        blank=True,
        on_delete=models.SET_NULL,
        related_name="done_items",
    )
    done_at = models.DateTimeField(null=True, blank=True)
    seconds = models.FloatField(null=True)
    answer = models.CharField(max_length=16, choices=Answer.choices, blank=True, default="")
    answer_detail = models.JSONField(default=dict, blank=True)
    model = models.ForeignKey(
        ModelVersion, null=True, blank=True, on_delete=models.SET_NULL, related_name="queue_items"
    )
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        """A tube, a segment or a stretch is open at most once; the next item is one index read."""

        ordering = ("project", "rank")
        indexes = (
            models.Index(fields=("project", "state", "rank"), name="queue_next"),
            models.Index(fields=("project", "done_at"), name="queue_done"),
        )
        constraints = (
            models.UniqueConstraint(
                fields=("tube_id",),
                condition=models.Q(state="open", tube_id__isnull=False),
                name="one_open_item_per_tube",
            ),
            models.UniqueConstraint(
                fields=("span_id",),
                condition=models.Q(state="open", span_id__isnull=False),
                name="one_open_item_per_segment",
            ),
            models.UniqueConstraint(
                fields=("video_id", "start_frame"),
                condition=models.Q(state="open", kind="stretch"),
                name="one_open_item_per_stretch",
            ),
        )

    def __str__(self) -> str:
        return f"{self.kind} {self.tube_id or self.span_id} ({self.state}, rank {self.rank})"
