"""Labels at a revision, frozen; the content lies in HOME/snapshots under its hash."""

from django.db import models


class Snapshot(models.Model):
    project = models.ForeignKey("labeling.Project", models.CASCADE, related_name="snapshots")
    hash = models.CharField(max_length=64)
    revision = models.PositiveBigIntegerField()
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        ordering = ["-created_at"]
        constraints = [models.UniqueConstraint(fields=["project", "hash"], name="snapshot_once")]
