"""A project with hold-out videos, and rounds run on it."""

from datetime import timedelta
from typing import Any

import pytest
from django.utils import timezone

from labeling.models import Video
from mlbackend.models import QueueItem, Round
from mlbackend.train.services import round_start
from mlbackend.train.tasks import run
from tests.mlbackend.train.conftest import Reviewed, made

HELD_VIDEOS, HELD_TUBES = 6, 4


def finished(project: Any) -> Round:
    """Start a round and run it as a worker would."""
    started = round_start(project_id=project.id, send=False)
    run(str(started.job_id))
    started.refresh_from_db()
    assert started.state == "done", started.reason
    return started


def answer(reviewed: Reviewed, tube_ids: list[str], slice_: str, **values: Any) -> None:
    """Say that these tubes were answered in the queue, one after the other."""
    known = QueueItem.objects.count()
    for place, tube_id in enumerate(tube_ids, start=known):
        done = {"state": "done", "answer": "accepted", "done_at": _later(place)} | values
        QueueItem.objects.create(
            project=reviewed.project, video_id=reviewed.video.id, tube_id=tube_id, slice=slice_,
            **done,
        )  # fmt: skip


def _later(minutes: int) -> Any:
    return timezone.now() + timedelta(minutes=minutes)


def held_out(reviewed: Reviewed, videos: int, tubes: int) -> list[Reviewed]:
    """Hold-out videos, all of their tubes reviewed."""
    found = []
    for number in range(videos):
        video = Video(
            project=reviewed.project, name=f"held {number}.mp4", state="ready",
            sha256=f"held {number}", width=640, height=360, split="hold-out",
        )  # fmt: skip
        video.set_timebase(reviewed.video.timebase())
        one = made(reviewed.project, video, reviewed.labels, tubes)
        one.review(tubes)
        found.append(one)
    return found


@pytest.fixture
def measured(reviewed: Reviewed) -> Reviewed:
    """The eighty tubes, none reviewed yet, and a hold-out large enough to decide by."""
    held_out(reviewed, HELD_VIDEOS, HELD_TUBES)
    return reviewed
