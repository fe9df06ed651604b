"""Which models a run's proposals came from: written with them, read by the page."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from labeling import api
from labeling.domain.blind import is_blind
from mlbackend.models import Run
from mlbackend.propose.recognizers.base import Recognizer


@dataclass(frozen=True, slots=True)
class RunValue:
    """A run before it is written.

    Attributes:
        id: UUID text, the `run_id` of what it proposes.
        detector: name and, in `detector_title`, as people read it; empty if nothing was detected.
        detail: what else a person may ask for: the weights' hash, the rate, notes.
    """

    id: str
    detector: str = ""
    detector_title: str = ""
    recognizer: str = ""
    detail: dict[str, Any] = field(default_factory=dict)


def run_record(
    video: api.VideoValue, run: RunValue, used: Recognizer | None, counts: dict[str, Any]
) -> None:
    """Write a run beside what it proposed, in the same transaction; again changes nothing."""
    detail = {"detector_title": run.detector_title, **run.detail, "counts": counts}
    if used is not None:
        detail |= {
            "recognizer_title": used.title,
            "recognizer_sha256": used.weights_sha256,
            "descriptor": used.descriptor.key,
        }
    Run.objects.get_or_create(
        id=run.id,
        defaults={
            "project_id": video.project_id,
            "video_id": video.id,
            "detector": run.detector[:60],
            "recognizer": run.recognizer[:60],
            "model_id": (used.model_id or None) if used is not None else None,
            "detail": detail,
        },
    )


def run_counts(run_id: str) -> dict[str, Any] | None:
    """What a run proposed, by counts; None if it was not written, and so proposed nothing."""
    row = Run.objects.filter(pk=run_id).first()
    return row.detail.get("counts", {}) if row is not None else None


def runs(video: api.VideoValue) -> list[dict[str, Any]]:
    """The runs over a video, newest first, as the API shows them.

    Where the video is annotated blind, without how much they proposed.
    """
    hidden = {"counts"} if is_blind(video.split, api.project(video.project_id).settings) else set()
    rows = Run.objects.filter(video_id=video.id).select_related("model")
    return [
        {
            "id": row.id,
            "detector": row.detector,
            "detector_title": row.detail.get("detector_title", ""),
            "recognizer": row.recognizer,
            "recognizer_title": row.detail.get("recognizer_title", ""),
            "model_id": row.model_id,
            "model_name": row.model.name if row.model else "",
            "detail": {key: row.detail[key] for key in row.detail if key not in hidden},
            "created_at": row.created_at,
        }
        for row in rows
    ]
