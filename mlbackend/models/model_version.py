"""A net with weights and a manifest, and its place in the line of champions."""

from __future__ import annotations

import uuid
from pathlib import Path

from django.conf import settings
from django.db import models


class ModelVersion(models.Model):
    """One trained model of a project.

    `path` is relative to `TUBELAB_HOME/models`, so that a home folder can be moved.
    `manifest` says what is needed to use the weights: label order, preprocessing, seed,
    metrics and licence. `kind` is "action" for what puts actions on tubes, "segment" for what
    proposes segments of the video and "detector" for what finds people and objects.
    """

    class Status(models.TextChoices):
        """Where the version stands: at most one champion per project and kind."""

        CANDIDATE = "candidate"
        CHAMPION = "champion"
        RETIRED = "retired"

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    project = models.ForeignKey(
        "labeling.Project", on_delete=models.CASCADE, related_name="model_versions"
    )
    kind = models.CharField(max_length=32, default="action")
    name = models.CharField(max_length=120)
    status = models.CharField(max_length=16, choices=Status.choices, default=Status.CANDIDATE)
    parent = models.ForeignKey(
        "self", null=True, blank=True, on_delete=models.SET_NULL, related_name="children"
    )
    snapshot_hash = models.CharField(max_length=64, blank=True, default="")
    manifest = models.JSONField(default=dict, blank=True)
    path = models.CharField(max_length=300)
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        """One champion per (project, kind), held by the database."""

        ordering = ("-created_at",)
        constraints = (
            models.UniqueConstraint(
                fields=("project", "kind"),
                condition=models.Q(status="champion"),
                name="one_champion_per_project_kind",
            ),
        )

    def __str__(self) -> str:
        return f"{self.name} ({self.kind}, {self.status})"

    @property
    def file_path(self) -> Path:
        """Return the absolute path of the weights file."""
        return Path(settings.HOME_DIRS["models"]) / self.path
