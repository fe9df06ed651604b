"""Projects in which several people label the same drawn situation."""

import uuid

import pytest
from django.core.cache import caches

from labeling import revisions
from labeling.models.revision import Origin
from labeling.teams.replicas import replica_create


@pytest.fixture(autouse=True)
def empty_cache():
    caches["quality"].clear()


class Side:
    """One project's view of one video, written in a few words."""

    def __init__(self, project, video, author=None):
        self.project, self.video, self.author = project, video, author
        self.labels = {label.name: label.id for label in project.labels.all()}

    def commit(self, *operations):
        revisions.commit(
            video_id=self.video.id, operations=list(operations), origin=Origin.HAND,
            author_id=self.author and self.author.id,
        )  # fmt: skip

    def tube(self, x=100, start=0, end=50, **actions):
        """A tube of 40 × 90 px standing at `x`; actions are name=(start, end)."""
        box = [x, 100, x + 40, 190]
        keyframes = [{"frame": frame, "box": box} for frame in sorted({start, end - 1})]
        tube_id = str(uuid.uuid4())
        tube = {"id": tube_id, "label_id": self.labels["person"], "keyframes": keyframes}
        self.commit(
            {"op": "tube_add", "tube": tube},
            *(self._span(name, tube_id, *frames) for name, frames in actions.items()),
        )
        return tube_id

    def segment(self, name, start, end):
        self.commit(self._span(name, None, start, end))

    def reviewed(self, start=0, end=100, tube_id=None, names=None):
        label_ids = [i for name, i in self.labels.items() if names is None or name in names]
        coverage = {
            "id": str(uuid.uuid4()), "tube_id": tube_id, "start_frame": start, "end_frame": end,
            "label_ids": label_ids,
        }  # fmt: skip
        self.commit({"op": "coverage_add", "coverage": coverage})

    def _span(self, name, tube_id, start, end):
        span = {
            "id": str(uuid.uuid4()), "tube_id": tube_id, "label_id": self.labels[name],
            "start_frame": start, "end_frame": end,
        }  # fmt: skip
        return {"op": "span_add", "span": span}


@pytest.fixture
def original(project, video, owner):
    return Side(project, video, owner)


@pytest.fixture
def replicate(original, owner):
    """`replicate(name, author)` is the view of a new replica."""

    def make(name="Second", author=None):
        replica = replica_create(
            original=original.project, name=name, video_ids=[original.video.id], owner=owner
        )
        return Side(replica, replica.videos.get(), author)

    return make
