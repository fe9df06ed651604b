"""A yard of three people: what a run proposed, and what a person made of it."""

from dataclasses import dataclass
from typing import Any

import pytest

from labeling import api
from tests.mlbackend.annotating import commit, person_label, uid

# Boxes of the tubes a, b and c.
LEFT = {"a": 0.0, "b": 200.0, "c": 400.0}
FRAMES = 50
# What the run says they do, with its scores.
ACTIONS = (("a", "walk", 0.9), ("a", "run", 0.8), ("b", "walk", 0.7), ("c", "walk", 0.6))


@dataclass
class Yard:
    """A project with one video of 100 frames, 10 a second; 50 of them hold three people."""

    project: Any
    video: Any
    labels: dict[str, int]

    def commit(self, *operations: dict[str, Any]) -> None:
        commit(self.video, list(operations))

    def cover(self, start: int = 0, end: int = FRAMES) -> dict[str, Any]:
        coverage = {
            "id": uid("covered", start, end), "tube_id": None, "start_frame": start,
            "end_frame": end, "label_ids": list(self.labels.values()),
        }  # fmt: skip
        return {"op": "coverage_add", "coverage": coverage}

    def propose(self, *, actions: bool = True) -> None:
        """Three people, four actions."""
        operations = [self._tube(name) for name in LEFT]
        if actions:
            operations += [self.span(*action) for action in ACTIONS]
        api.commit_run(video_id=self.video.id, run_id=uid("run"), operations=operations)

    def review(self, *more: dict[str, Any]) -> None:
        """a walks and does not run; b runs, though the run said walks; c is nobody."""
        self.commit(
            decide("tube", "a"), decide("tube", "b"), decide("tube", "c", "rejected"),
            decide("span", "a/walk"), decide("span", "a/run", "rejected"),
            decide("span", "b/walk", "rejected"), self.span("b", "run", None), self.cover(), *more,
        )  # fmt: skip

    def span(self, tube: str, action: str, score: float | None) -> dict[str, Any]:
        span = {
            "id": uid(f"{tube}/{action}"), "tube_id": uid(tube), "label_id": self.labels[action],
            "start_frame": 0, "end_frame": FRAMES, "score": score,
        }  # fmt: skip
        return {"op": "span_add", "span": span}

    def segment(self, start: int, end: int) -> dict[str, Any]:
        span = {
            "id": uid("crowded", start), "tube_id": None, "label_id": self.labels["crowded"],
            "start_frame": start, "end_frame": end,
        }  # fmt: skip
        return {"op": "span_add", "span": span}

    def _tube(self, name: str) -> dict[str, Any]:
        box = [LEFT[name], 0.0, LEFT[name] + 100.0, 100.0]
        keyframes = [{"frame": frame, "box": box} for frame in (0, FRAMES - 1)]
        label_id = person_label(self.project)
        tube = {"id": uid(name), "label_id": label_id, "score": 0.5, "keyframes": keyframes}
        return {"op": "tube_add", "tube": tube}


def decide(kind: str, name: str, decision: str = "accepted") -> dict[str, Any]:
    return {"op": f"{kind}_decide", f"{kind}_id": uid(name), "decision": decision}


@pytest.fixture
def home(settings, tmp_path):
    """Folders of this test alone."""
    folders = {name: tmp_path / "home" / name for name in settings.HOME_DIRS}
    for folder in folders.values():
        folder.mkdir(parents=True)
    settings.HOME_DIRS = folders
    return tmp_path / "home"


@pytest.fixture
def yard(home, project, video, labels):
    return Yard(project, video, labels)


@pytest.fixture
def proposed(yard):
    """With proposals, nothing reviewed yet."""
    yard.propose()
    return yard


@pytest.fixture
def reviewed(proposed):
    proposed.review()
    return proposed
