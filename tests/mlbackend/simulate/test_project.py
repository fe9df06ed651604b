"""A labeled project as a data set: reviewed tubes alone, whole videos, the hold-out untouched."""

from typing import Any

import pytest

from labeling.domain.errors import InvalidInput, NotFound
from labeling.models import Video
from mlbackend.simulate import project as projects
from mlbackend.simulate.choice import complete
from mlbackend.simulate.replay import Plan
from mlbackend.simulate.run import simulate
from mlbackend.simulate.settings import Settings
from tests.mlbackend.train.conftest import Reviewed, made

pytestmark = pytest.mark.django_db


def another(first: Reviewed, name: str, n: int, split: str = "train") -> Reviewed:
    """n more tubes in a video of its own."""
    video = Video(
        project=first.project, name=name, state="ready", sha256=name, width=640, height=360,
        split=split,
    )  # fmt: skip
    video.set_timebase(first.video.timebase())
    return made(first.project, video, first.labels, n)


@pytest.fixture
def three(project: Any, video: Any, labels: dict[str, int]) -> list[Reviewed]:
    """Three training videos of 24 tubes, 20 reviewed in each."""
    first = made(project, video, labels, 24)
    videos = [first, another(first, "b.mp4", 24), another(first, "c.mp4", 24)]
    for each in videos:
        each.review(20)
    return videos


def read(name: str) -> Any:
    return projects.read(name, lambda _share, _words: None)


def test_it_has_the_reviewed_tubes_of_whole_videos(three: list[Reviewed]) -> None:
    table = read(three[0].project.name)
    done = {tube for each in three for tube in each.done}
    assert set(table.tubes) == done
    assert set(table.sources) == {str(each.video.id) for each in three}
    runs = table.classes.index("run")
    for each in three:
        for tube in each.done:
            assert set(table.Y[table.tubes == tube, runs]) == {int(each.runs(tube))}
    assert len(table.facts["snapshot"]) == 64
    problem = table.problem(0)
    assert (problem.pool.size, problem.test.size) == (40, 20)


def test_it_is_replayed(three: list[Reviewed]) -> None:
    """The features tell running from walking, so ten tubes are enough for any function."""
    settings = Settings(complete(["random"], "several"), 2, Plan(6, 6, None))
    found = simulate(read(three[0].project.name), settings, 1, lambda _words: None)
    assert found["default"] == "mean_binary_entropy_k_means"
    assert found["full"]["mean"] > 0.95
    assert found["data"]["pool_tubes"] == 40
    assert found["data"]["snapshot"]


def test_the_hold_out_is_left_alone(three: list[Reviewed]) -> None:
    kept = another(three[0], "d.mp4", 24, split="hold-out")
    kept.review(20)
    table = read(three[0].project.name)
    assert str(kept.video.id) not in set(table.sources)
    assert len(set(table.tubes)) == 60


def test_what_is_missing_is_said(three: list[Reviewed], project: Any) -> None:
    with pytest.raises(NotFound, match="Nowhere"):
        read("Nowhere")


def test_nothing_reviewed_is_said(project: Any, video: Any, labels: dict[str, int]) -> None:
    made(project, video, labels, 8)
    with pytest.raises(InvalidInput, match="no reviewed tube"):
        read(project.name)


def test_one_video_cannot_be_split(project: Any, video: Any, labels: dict[str, int]) -> None:
    made(project, video, labels, 24).review(20)
    with pytest.raises(InvalidInput, match="1 sources; it takes 3"):
        read(project.name).problem(0)
