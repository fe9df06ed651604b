"""Tubes, spans and coverage as rows: written by labeling.revisions alone."""

import uuid

from django.db import models

from labeling.domain.blind import HOLD_OUT, SETTING
from labeling.domain.box import Box
from labeling.domain.span import Coverage, Span
from labeling.domain.state import State
from labeling.domain.tube import Keyframe, Tube

STATES = [(state.value, state.value) for state in State]
_OCCLUDED, _OUTSIDE = 1, 2
_SETTING = f"video__project__settings__{SETTING}"
# Rows of tubes and spans that people do not see: proposals on videos that are annotated blind. A
# setting that is not there counts as true, which a comparison alone would not say.
HIDDEN = models.Q(state=State.PROPOSED, video__split=HOLD_OUT) & (
    models.Q(**{f"{_SETTING}__isnull": True}) | ~models.Q(**{_SETTING: False})
)


class TubeRow(models.Model):
    """A tube; `keyframes` is [[frame, x1, y1, x2, y2, flags], …], flags 1 occluded, 2 outside."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    video = models.ForeignKey("labeling.Video", models.CASCADE, related_name="tubes")
    number = models.PositiveIntegerField()
    label = models.ForeignKey("labeling.Label", models.RESTRICT, related_name="tubes")
    keyframes = models.JSONField()
    state = models.CharField(max_length=20, choices=STATES)
    score = models.FloatField(null=True)
    run_id = models.UUIDField(null=True)
    proposed = models.JSONField(null=True)
    revision = models.PositiveBigIntegerField()

    class Meta:
        db_table = "labeling_tube"
        ordering = ["number"]
        constraints = [
            models.UniqueConstraint(fields=["video", "number"], name="tube_number_once_per_video")
        ]
        indexes = [models.Index(fields=["video", "state"])]

    def value(self) -> Tube:
        return Tube(
            id=str(self.id), label_id=self.label_id, keyframes=unpack_keyframes(self.keyframes),
            state=State(self.state), number=self.number, score=self.score,
            run_id=self.run_id and str(self.run_id), proposed=self.proposed,
            revision=self.revision,
        )  # fmt: skip


class SpanRow(models.Model):
    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    video = models.ForeignKey("labeling.Video", models.CASCADE, related_name="spans")
    tube = models.ForeignKey(TubeRow, models.CASCADE, null=True, related_name="spans")
    label = models.ForeignKey("labeling.Label", models.RESTRICT, related_name="spans")
    start_frame = models.PositiveIntegerField()
    end_frame = models.PositiveIntegerField()
    state = models.CharField(max_length=20, choices=STATES)
    score = models.FloatField(null=True)
    run_id = models.UUIDField(null=True)
    proposed = models.JSONField(null=True)
    revision = models.PositiveBigIntegerField()

    class Meta:
        db_table = "labeling_span"
        ordering = ["start_frame", "id"]
        constraints = [
            models.CheckConstraint(
                condition=models.Q(end_frame__gt=models.F("start_frame")), name="span_not_empty"
            )
        ]

    def value(self) -> Span:
        return Span(
            id=str(self.id), tube_id=self.tube_id and str(self.tube_id), label_id=self.label_id,
            start_frame=self.start_frame, end_frame=self.end_frame, state=State(self.state),
            score=self.score, run_id=self.run_id and str(self.run_id), proposed=self.proposed,
            revision=self.revision,
        )  # fmt: skip


class CoverageRow(models.Model):
    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    video = models.ForeignKey("labeling.Video", models.CASCADE, related_name="coverage")
    tube = models.ForeignKey(TubeRow, models.CASCADE, null=True, related_name="coverage")
    start_frame = models.PositiveIntegerField()
    end_frame = models.PositiveIntegerField()
    label_ids = models.JSONField(default=list)
    revision = models.PositiveBigIntegerField()

    class Meta:
        db_table = "labeling_coverage"
        ordering = ["start_frame", "id"]

    def value(self) -> Coverage:
        return Coverage(
            id=str(self.id), tube_id=self.tube_id and str(self.tube_id),
            start_frame=self.start_frame, end_frame=self.end_frame,
            label_ids=tuple(self.label_ids), revision=self.revision,
        )  # fmt: skip


def pack_keyframes(keyframes: tuple[Keyframe, ...]) -> list[list[float]]:
    return [
        [k.frame, *k.box.as_list(), _OCCLUDED * k.occluded + _OUTSIDE * k.outside]
        for k in keyframes
    ]


def unpack_keyframes(packed: list[list[float]]) -> tuple[Keyframe, ...]:
    return tuple(
        Keyframe(int(row[0]), Box(*row[1:5]), bool(row[5] & _OCCLUDED), bool(row[5] & _OUTSIDE))
        for row in packed
    )
