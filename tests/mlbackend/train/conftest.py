"""A project whose tubes either run or walk, with features that tell which."""

import hashlib
from dataclasses import dataclass, field
from typing import Any

import pytest

from labeling.models import Video
from mlbackend.train.holdout import is_reserved
from tests.mlbackend.annotating import commit, keep_features, propose_tubes, review_operations


@dataclass
class Reviewed:
    """A project with proposed tubes; `review` decides some of them as a person would."""

    project: Any
    video: Any
    labels: dict[str, int]
    tubes: list[str]
    done: list[str] = field(default_factory=list)

    def runs(self, tube_id: str) -> bool:
        """The truth: every other tube runs, the others walk."""
        return self.tubes.index(tube_id) % 2 == 0

    def review(self, n: int, *, wrong: bool = False) -> None:
        """Review the next n tubes; `wrong` swaps the actions."""
        both = [self.labels["run"], self.labels["walk"]]
        chosen = [t for t in self.tubes if t not in self.done][:n]
        operations = []
        for tube_id in chosen:
            action = "run" if self.runs(tube_id) != wrong else "walk"
            spans = [(self.labels[action], 0, 24)]
            operations += review_operations(tube_id, spans, both, 24)
        commit(self.video, operations)
        self.done += chosen

    @property
    def reserved(self) -> list[str]:
        """Reviewed tubes that measure."""
        return [
            tube_id
            for number, tube_id in enumerate(self.tubes, start=1)
            if tube_id in self.done and is_reserved(self.video.sha256, number)
        ]


def made(project: Any, video: Any, labels: dict[str, int], n: int) -> Reviewed:
    """n proposed tubes of 2.4 s with features, none reviewed yet."""
    # Features are kept under the file's hash: tests that want none must not find these.
    video.sha256 = hashlib.sha256(video.name.encode()).hexdigest()
    video.save()
    found = Reviewed(project, video, labels, propose_tubes(video, n, frames=24))
    keep_features(video, {t: [6.0 if found.runs(t) else -6.0] * 8 for t in found.tubes})
    return found


@pytest.fixture
def reviewed(project: Any, video: Any, labels: dict[str, int]) -> Reviewed:
    """Eighty proposed tubes with features, none reviewed yet."""
    return made(project, video, labels, 80)


@pytest.fixture
def second_video(reviewed: Reviewed) -> Reviewed:
    """Forty more tubes in another video of the same project."""
    video = Video(
        project=reviewed.project, name="b.mp4", state="ready", sha256="b", width=640, height=360
    )
    video.set_timebase(reviewed.video.timebase())
    return made(reviewed.project, video, reviewed.labels, 40)
