import uuid
from pathlib import Path

import pytest

from labeling import revisions
from labeling.models.revision import Origin

BOX = [64.0, 36.0, 192.0, 180.0]


class Annotator:
    """Draws on a video as a person would."""

    def __init__(self, video, labels):
        self.video, self.labels = video, labels

    def commit(self, *operations, origin=Origin.HAND, run_id=None):
        return revisions.commit(
            video_id=self.video.id, operations=list(operations), origin=origin, run_id=run_id
        )

    def tube(self, *frames, box=BOX, number=None, **more):
        tube_id = str(uuid.uuid4())
        keyframes = [{"frame": frame, "box": list(box)} for frame in frames]
        tube = {"id": tube_id, "label_id": self.labels["person"], "keyframes": keyframes}
        self.commit({"op": "tube_add", "tube": tube | {"number": number}}, **more)
        return tube_id

    def span(self, tube_id, name, start, end, **more):
        span = {
            "id": str(uuid.uuid4()), "tube_id": tube_id, "label_id": self.labels[name],
            "start_frame": start, "end_frame": end,
        }  # fmt: skip
        self.commit({"op": "span_add", "span": span}, **more)
        return span["id"]

    def cover(self, start, end):
        coverage = {
            "id": str(uuid.uuid4()), "tube_id": None, "start_frame": start, "end_frame": end,
            "label_ids": [self.labels["walk"]],
        }  # fmt: skip
        self.commit({"op": "coverage_add", "coverage": coverage})

    def now(self):
        return revisions.annotations(self.video.id)


@pytest.fixture
def hand(video, labels):
    return Annotator(video, labels)


@pytest.fixture
def annotated(hand):
    """Two people: one walks for five seconds and waves in the third, the other runs."""
    walker = hand.tube(0, 50, number=1)
    hand.span(walker, "walk", 0, 51)
    hand.span(walker, "wave", 25, 35)
    runner = hand.tube(60, 80, box=[320, 36, 448, 180])
    hand.span(runner, "run", 60, 81)
    hand.cover(0, 70)
    return hand


@pytest.fixture
def copy(video, owner):
    """The same video in a project of its own that has no action labels yet."""
    from labeling.models import Video
    from labeling.teams.services import project_create

    project = project_create(name="Copy", owner=owner)
    made = Video(project=project, name="yard.mkv", state="ready", sha256="2" * 64,
                 width=640, height=360)  # fmt: skip
    made.set_timebase(video.timebase())
    made.save()
    return made


@pytest.fixture
def home(tmp_path: Path, settings) -> Path:
    folders = {name: tmp_path / "home" / name for name in ("exports", "imports")}
    for folder in folders.values():
        folder.mkdir(parents=True)
    settings.HOME_DIRS = {**settings.HOME_DIRS, **folders}
    return tmp_path / "home"
