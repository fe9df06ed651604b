"""The log of every change to an annotation: append-only."""

import uuid

from django.conf import settings
from django.db import models


class Origin(models.TextChoices):
    HAND = "hand"
    RUN = "run"
    IMPORT = "import"
    SCHEMA = "schema"
    CHECK = "check"


class Revision(models.Model):
    """One committed list of operations on one video.

    An import of many videos is one revision: its rows share the number, one row per video.
    `undoes` is the number of the revision that this one takes back.

    `changes` holds every object before and after, so that any earlier state can be rebuilt.
    `commit_id` is made by the sender: the same commit sent twice is one revision.
    """

    project = models.ForeignKey("labeling.Project", models.CASCADE, related_name="revisions")
    number = models.PositiveBigIntegerField()
    video = models.ForeignKey("labeling.Video", models.CASCADE, related_name="revisions")
    commit_id = models.UUIDField(unique=True, default=uuid.uuid4)
    base = models.PositiveBigIntegerField()
    author = models.ForeignKey(settings.AUTH_USER_MODEL, models.SET_NULL, null=True)
    origin = models.CharField(max_length=10, choices=Origin.choices)
    run_id = models.UUIDField(null=True)
    undoes = models.PositiveBigIntegerField(null=True)
    note = models.CharField(max_length=300, blank=True)
    operations = models.JSONField()
    changes = models.JSONField()
    seconds = models.FloatField(default=0.0)
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        ordering = ["number"]
        constraints = [
            models.UniqueConstraint(
                fields=["project", "number", "video"], name="revision_number_once_per_video"
            )
        ]
        indexes = [models.Index(fields=["video", "number"])]
