"""Wrong proposals put among the others on purpose, to see whether they are noticed."""

import uuid

from django.conf import settings
from django.db import models


class PlantedAnswer(models.TextChoices):
    OPEN = "open"
    CAUGHT = "caught"
    MISSED = "missed"
    WITHDRAWN = "withdrawn"


class PlantedProposal(models.Model):
    """A tube or a span that is known to be wrong.

    It looks like any proposal until somebody decides it, and is taken away then, whatever they
    said. No snapshot ever holds it, so that it never trains and is never exported.
    """

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    project = models.ForeignKey("labeling.Project", models.CASCADE, related_name="planted")
    video = models.ForeignKey("labeling.Video", models.CASCADE, related_name="planted")
    kind = models.CharField(max_length=10, choices=[("tube", "tube"), ("span", "span")])
    object_id = models.UUIDField(unique=True)
    what = models.CharField(max_length=300)
    answer = models.CharField(
        max_length=10, choices=PlantedAnswer.choices, default=PlantedAnswer.OPEN
    )
    shown_to = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.SET_NULL, null=True, related_name="planted"
    )
    planted_at = models.DateTimeField(auto_now_add=True)
    answered_at = models.DateTimeField(null=True)

    class Meta:
        ordering = ["-planted_at"]

    def __str__(self) -> str:
        return f"{self.what} ({self.answer})"
