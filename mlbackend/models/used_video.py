"""Which videos a round learned from and which it was measured on."""

from __future__ import annotations

from django.db import models

from mlbackend.models.round import Round


class UsedVideo(models.Model):
    """One video of one round. A database trigger refuses to train on a hold-out video."""

    class Use(models.TextChoices):
        TRAIN = "train"
        HOLD_OUT = "hold-out"

    round = models.ForeignKey(Round, on_delete=models.CASCADE, related_name="used_videos")
    video_id = models.UUIDField()
    use = models.CharField(max_length=10, choices=Use.choices)

    class Meta:
        constraints = (
            models.UniqueConstraint(
                fields=("round", "video_id", "use"), name="video_used_once_per_round"
            ),
        )

    def __str__(self) -> str:
        return f"{self.video_id} ({self.use})"
