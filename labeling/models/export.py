"""Files made from a snapshot."""

import uuid

from django.db import models


class Export(models.Model):
    """`path` is the archive relative to HOME/exports, empty until the job is done."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    project = models.ForeignKey("labeling.Project", models.CASCADE, related_name="exports")
    job = models.OneToOneField("labeling.Job", models.CASCADE, related_name="export")
    format = models.CharField(max_length=30)
    state = models.CharField(max_length=20)
    params = models.JSONField(default=dict)
    snapshot_hash = models.CharField(max_length=64, blank=True)
    counts = models.JSONField(default=dict)
    path = models.CharField(max_length=300, blank=True)
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        ordering = ["-created_at"]
