"""Which models a set of proposals came from."""

from __future__ import annotations

from django.db import models

from mlbackend.models.model_version import ModelVersion


class Run(models.Model):
    """One run of a detector, a recognizer or a segmenter over one video.

    Its id is the `run_id` of the tubes and spans it proposed, so that the page can say which
    model proposed what. `detail` holds what a person may ask for later: titles, weights' hashes,
    the rate of detection, what was not there, counts.
    """

    id = models.UUIDField(primary_key=True, editable=False)
    project = models.ForeignKey("labeling.Project", on_delete=models.CASCADE, related_name="+")
    video = models.ForeignKey("labeling.Video", on_delete=models.CASCADE, related_name="+")
    detector = models.CharField(max_length=60, blank=True, default="")
    recognizer = models.CharField(max_length=60, blank=True, default="")
    model = models.ForeignKey(
        ModelVersion, null=True, blank=True, on_delete=models.SET_NULL, related_name="runs"
    )
    detail = models.JSONField(default=dict, blank=True)
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        ordering = ("-created_at",)

    def __str__(self) -> str:
        return f"run {self.id} ({self.detector or '-'}, {self.recognizer or '-'})"
