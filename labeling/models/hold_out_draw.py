"""Which videos were drawn at random to measure on."""

from django.conf import settings
from django.db import models


class HoldOutDraw(models.Model):
    """One draw; a later one only adds videos that came in since.

    `strata` says of each stratum how many videos it had and which were drawn:
    `[{"stratum", "videos", "drawn": [video id, …]}, …]`.
    """

    project = models.ForeignKey("labeling.Project", models.CASCADE, related_name="hold_out_draws")
    seed = models.PositiveBigIntegerField()
    share = models.FloatField()
    strata = models.JSONField(default=list)
    author = models.ForeignKey(settings.AUTH_USER_MODEL, models.SET_NULL, null=True)
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        ordering = ["-created_at"]

    def __str__(self) -> str:
        return f"draw of {self.created_at:%Y-%m-%d} (seed {self.seed})"
