"""Figures of predictions against a frozen snapshot of what people said."""

from __future__ import annotations

import uuid

from django.db import models


class Evaluation(models.Model):
    """One measurement.

    `params` is what was asked for (metric, evaluator, splits, where the predictions come from);
    `result` the figures and curves, empty until the job is done.
    """

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    project = models.ForeignKey(
        "labeling.Project", on_delete=models.CASCADE, related_name="evaluations"
    )
    job_id = models.UUIDField(null=True, blank=True)
    metric = models.CharField(max_length=30)
    evaluator = models.CharField(max_length=40)
    params = models.JSONField(default=dict, blank=True)
    snapshot_hash = models.CharField(max_length=64, blank=True, default="")
    result = models.JSONField(default=dict, blank=True)
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        """Newest first."""

        ordering = ("-created_at",)

    def __str__(self) -> str:
        return f"{self.metric} ({self.evaluator})"
