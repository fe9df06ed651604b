"""One turn of the loop: snapshot, train, measure, promote or not."""

from __future__ import annotations

import uuid

from django.db import models

from mlbackend.models.model_version import ModelVersion


class Round(models.Model):
    """A training round with its figures and the decision taken on them.

    `counts` is `{"train": {class: n}, "hold_out": {class: n}}`; `metrics` is
    `{"candidate": M, "champion": M | null}` as the API shows them.

    `recipe` and `net` are what was trained (net is empty for HOG/HOF); `params` are the further
    wishes of who started it. `curves` grows while a net trains:
    `{"epochs": [{"epoch", "loss", "val_loss", "val_f1", "lr", "seconds"}, …]}`. `card` is the model
    card as data, once the round is done.

    `step` is where it is, `steps` what is behind it:
    `[{"name", "started_at", "finished_at", "digest"}, …]`. What made its model can be read off
    `snapshot_hash`, `seed`, `schema_version`, `code` (version, commit, libraries) and `parent`, the
    champion it was compared with. `effort` is what people had done until then
    (`{"labels", "seconds"}`), `learning` the further figures of the learning curve: mean average
    precision, calibration, the control that learned from the random slice alone, agreement with
    the champion before. `queue_hash` is of the queue it left.
    """

    class Trigger(models.TextChoices):
        """What started it."""

        PERSON = "person"
        API = "api"
        MINUTES = "minutes"
        SCHEDULE = "schedule"

    class State(models.TextChoices):
        """The state of the job that runs the round, as the page shows it."""

        QUEUED = "queued"
        RUNNING = "running"
        DONE = "done"
        FAILED = "failed"

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    project = models.ForeignKey("labeling.Project", on_delete=models.CASCADE, related_name="rounds")
    number = models.PositiveIntegerField()
    job_id = models.UUIDField(null=True, blank=True)
    state = models.CharField(max_length=16, choices=State.choices, default=State.QUEUED)
    snapshot_hash = models.CharField(max_length=64, blank=True, default="")
    counts = models.JSONField(default=dict, blank=True)
    metrics = models.JSONField(default=dict, blank=True)
    evaluated_on = models.CharField(max_length=40, blank=True, default="")
    decision = models.CharField(max_length=24, blank=True, default="")
    reason = models.TextField(blank=True, default="")
    recipe = models.CharField(max_length=24, blank=True, default="")
    net = models.CharField(max_length=60, blank=True, default="")
    params = models.JSONField(default=dict, blank=True)
    curves = models.JSONField(default=dict, blank=True)
    card = models.JSONField(default=dict, blank=True)
    trigger = models.CharField(max_length=16, choices=Trigger.choices, default=Trigger.PERSON)
    step = models.CharField(max_length=16, blank=True, default="")
    steps = models.JSONField(default=list, blank=True)
    seed = models.PositiveBigIntegerField(null=True)
    code = models.JSONField(default=dict, blank=True)
    schema_version = models.PositiveIntegerField(null=True)
    parent = models.ForeignKey(
        ModelVersion, null=True, blank=True, on_delete=models.SET_NULL, related_name="+"
    )
    effort = models.JSONField(default=dict, blank=True)
    learning = models.JSONField(default=dict, blank=True)
    queue_hash = models.CharField(max_length=64, blank=True, default="")
    model = models.ForeignKey(
        ModelVersion, null=True, blank=True, on_delete=models.SET_NULL, related_name="rounds"
    )
    created_at = models.DateTimeField(auto_now_add=True)
    started_at = models.DateTimeField(null=True, blank=True)
    finished_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        """Rounds are numbered within their project."""

        ordering = ("project", "-number")
        constraints = (
            models.UniqueConstraint(
                fields=("project", "number"), name="round_number_unique_in_project"
            ),
        )

    def __str__(self) -> str:
        return f"round {self.number} ({self.state})"
