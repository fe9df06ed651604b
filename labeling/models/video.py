"""Videos: the file, its proxy and the presentation time of every frame."""

import uuid
import zlib
from pathlib import Path

import numpy as np
from django.conf import settings
from django.db import models

from labeling.domain.blind import is_blind
from labeling.domain.timebase import Timebase


class Split(models.TextChoices):
    TRAIN = "train"
    VAL = "val"
    TEST = "test"
    HOLD_OUT = "hold-out"


class VideoState(models.TextChoices):
    INGESTING = "ingesting"
    READY = "ready"
    FAILED = "failed"


class Video(models.Model):
    """Width and height are display-oriented, after `rotation` (degrees, as the decoder says).

    A gold video's labels are the reference that annotators of replicas are measured against.
    `source` and `proxy` are paths relative to the media folder. `packed_ticks` is the zlib-packed
    difference of the int64 ticks; read it through `timebase()`.
    """

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    project = models.ForeignKey("labeling.Project", models.CASCADE, related_name="videos")
    name = models.CharField(max_length=300)
    state = models.CharField(
        max_length=20, choices=VideoState.choices, default=VideoState.INGESTING
    )
    error = models.TextField(blank=True)
    warnings = models.JSONField(default=list, blank=True)
    sha256 = models.CharField(max_length=64)
    source = models.CharField(max_length=500, blank=True)
    proxy = models.CharField(max_length=500, blank=True)
    thumbnail = models.CharField(max_length=500, blank=True)
    width = models.PositiveIntegerField(default=0)
    height = models.PositiveIntegerField(default=0)
    rotation = models.IntegerField(default=0)
    frame_count = models.PositiveIntegerField(default=0)
    time_base_num = models.PositiveIntegerField(default=1)
    time_base_den = models.PositiveIntegerField(default=1)
    end_tick = models.BigIntegerField(default=0)
    packed_ticks = models.BinaryField(default=bytes)
    split = models.CharField(max_length=20, choices=Split.choices, default=Split.TRAIN)
    is_gold = models.BooleanField(default=False)
    external_id = models.CharField(max_length=300, blank=True)
    start_s = models.FloatField(default=0.0)
    last_tube_number = models.PositiveIntegerField(default=0)
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        ordering = ["created_at", "name"]
        constraints = [
            models.UniqueConstraint(fields=["project", "sha256"], name="video_once_per_project")
        ]

    def __str__(self) -> str:
        return self.name

    def timebase(self) -> Timebase:
        """Raises InvalidInput while the video is not ingested."""
        deltas = np.frombuffer(zlib.decompress(bytes(self.packed_ticks)), dtype="<i8")
        return Timebase((self.time_base_num, self.time_base_den), np.cumsum(deltas), self.end_tick)

    def set_timebase(self, timebase: Timebase) -> None:
        """Fill time base, ticks, end and frame count; the caller saves."""
        deltas = np.diff(timebase.ticks, prepend=0).astype("<i8")
        self.packed_ticks = zlib.compress(deltas.tobytes(), 9)
        self.time_base_num, self.time_base_den = timebase.time_base
        self.end_tick = timebase.end_tick
        self.frame_count = timebase.frame_count

    @property
    def is_blind(self) -> bool:
        """Whether people annotate it without seeing proposals; reads the project's settings."""
        return is_blind(self.split, self.project.settings)

    @property
    def source_path(self) -> Path:
        return settings.HOME_DIRS["media"] / self.source

    @property
    def proxy_path(self) -> Path:
        return settings.HOME_DIRS["media"] / (self.proxy or self.source)

    @property
    def thumbnail_path(self) -> Path:
        return settings.HOME_DIRS["media"] / self.thumbnail
