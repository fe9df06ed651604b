"""What became of a project's labels, one entry for every change of their meaning."""

from django.conf import settings
from django.db import models


class SchemaOperation(models.TextChoices):
    ADD = "add"
    RENAME = "rename"
    MERGE = "merge"
    SPLIT = "split"
    RETIRE = "retire"
    RESTORE = "restore"


class SchemaChange(models.Model):
    """One operation on the label schema; `version` is the project's version after it.

    `detail` names the labels as they were and are, by id and name. `revision` is the revision that
    moved annotations, if any had to be moved.
    """

    project = models.ForeignKey("labeling.Project", models.CASCADE, related_name="schema_changes")
    version = models.PositiveIntegerField()
    operation = models.CharField(max_length=10, choices=SchemaOperation.choices)
    detail = models.JSONField(default=dict)
    revision = models.PositiveBigIntegerField(null=True)
    author = models.ForeignKey(settings.AUTH_USER_MODEL, models.SET_NULL, null=True)
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        ordering = ["-version"]
        constraints = [
            models.UniqueConstraint(fields=["project", "version"], name="schema_version_once")
        ]

    def __str__(self) -> str:
        return f"{self.operation} (version {self.version})"
