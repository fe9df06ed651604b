"""Stretches in which something may be missing: where they lie, how they are ranked and offered."""

import uuid
from typing import Any

import numpy as np
import pytest

from labeling import api
from labeling.domain.span import Coverage
from labeling.domain.state import State
from mlbackend.models import Run
from mlbackend.propose.link import Observed
from mlbackend.propose.plan import plan as detection_plan
from mlbackend.select.candidates import VideoScene, Waiting
from mlbackend.select.plan import viewings_plan
from mlbackend.select.stretches import (
    AskedStretch,
    asked_stretches,
    open_ends,
    stretches_of,
    with_stretches,
)
from tests.mlbackend.annotating import propose_tubes, review_tube
from tests.mlbackend.select.planning import PERSON, scene, tube

MIDDLE, EDGE = (300, 100, 360, 260), (0, 100, 60, 260)


def covered(start: int, end: int) -> Coverage:
    return Coverage(f"c{start}", None, start, end, (PERSON,))


def asked(*scenes: VideoScene, seed: int = 0) -> list[AskedStretch]:
    return asked_stretches(Waiting(scenes=scenes), seed)


def edge_tube(n: int, state: State = State.ACCEPTED) -> Any:
    """From edge to edge: nobody is missing for its sake."""
    return tube(n, [(100, EDGE), (200, EDGE)], state=state)


def test_the_time_nobody_reviewed_is_cut_into_even_stretches() -> None:
    assert stretches_of(scene()) == [(0, 150), (150, 300), (300, 450), (450, 600)]
    assert stretches_of(scene(coverage=[covered(100, 500)])) == [(0, 100), (500, 600)]
    assert stretches_of(scene(coverage=[covered(0, 595)])) == []  # half a second
    assert stretches_of(scene(coverage=[covered(0, 600)])) == []


@pytest.mark.parametrize("frames", [12, 100, 333, 5000])
def test_stretches_cover_all_of_it_once(frames: int) -> None:
    found = stretches_of(scene(frames=frames))
    assert [start for start, _ in found] == [0, *(end for _, end in found[:-1])]
    assert found[-1][1] == frames
    assert all(end - start <= 225 for start, end in found)


@pytest.mark.django_db
def test_only_videos_with_reviewed_tubes_are_asked_about() -> None:
    assert asked(scene([edge_tube(1, State.PROPOSED)])) == []
    assert len(asked(scene([edge_tube(1)]))) == 4


@pytest.mark.django_db
def test_where_nothing_speaks_for_it_chance_decides() -> None:
    found = asked(scene([edge_tube(1)]))
    assert [one.probability for one in found] == [1 / 4, 1 / 3, 1 / 2, 1.0]
    assert {one.by for one in found} == {"random"}
    assert found[0].reason.endswith("? random check")
    assert [one.key for one in asked(scene([edge_tube(1)]), seed=3)] != [one.key for one in found]


def test_tubes_that_begin_or_stop_in_the_middle_of_the_picture() -> None:
    one = tube(4, [(120, MIDDLE), (260, MIDDLE)])
    begins = (119, "tube 4 begins in the middle of the picture at 0:12")
    stops = (261, "tube 4 stops in the middle of the picture at 0:26")
    assert open_ends(scene([one]), [one]) == [begins, stops]
    whole = tube(5, [(0, MIDDLE), (599, MIDDLE)])
    assert open_ends(scene(), [whole, edge_tube(6)]) == []


@pytest.mark.django_db
def test_a_loose_end_comes_first_and_is_named() -> None:
    found = asked(scene([edge_tube(1), tube(4, [(0, MIDDLE), (320, MIDDLE)])]))
    assert (found[0].start_frame, found[0].by) == (300, "missing evidence")
    assert found[0].reason == (
        "is anything missing from 0:30 to 0:45? tube 4 stops in the middle of the picture at 0:32"
    )
    assert found[0].score == pytest.approx(0.25)
    assert {one.by for one in found[1:]} == {"random"}


def test_one_viewing_in_ten_is_a_stretch_and_never_more_than_a_batch_at_the_end() -> None:
    line: Any = with_stretches(list(range(27)), list("abcdefgh"), 4)
    assert [item for item in line if isinstance(item, str)] == list("abcd")
    assert (line[9], line[19], line[29]) == ("a", "b", "c")
    assert with_stretches([], list("abcdefgh"), 4) == list("abcd")  # type: ignore[arg-type]


@pytest.mark.django_db
def test_boxes_that_the_linker_dropped(video: Any, labels: dict[str, int]) -> None:
    (mine,) = propose_tubes(video, 1, frames=100)
    review_tube(video, mine, [], [labels["run"]], frames=100)
    Run.objects.create(
        id=uuid.uuid4(), project=video.project, video=video, detector="hog", detail={"rate_hz": 10}
    )
    made = detection_plan(api.video(video.id), "hog", 10)
    own, other = [10.0, 20.0, 60.0, 160.0], [400.0, 100.0, 450.0, 250.0]
    for number, frames in enumerate(made.chunks):
        seen = [
            Observed(
                frame, frame / 10, np.array([own, other]), np.array([0.9, score]), np.zeros((2, 0))
            )
            for frame in frames.always
            for score in [0.8 if frame == 42 else 0.35 if frame == 43 else 0.1]
        ]
        made.store.write(number, seen, ("person",))
    (viewing,) = viewings_plan(video.project_id).viewings
    assert (viewing.kind, viewing.start_frame, viewing.end_frame) == ("stretch", 0, 100)
    assert "2 detections without a tube, the surest at 0:04" in viewing.reason
    assert viewing.slice == "chosen" and viewing.score > 0


@pytest.mark.django_db
def test_detections_that_are_gone_tell_nothing(video: Any, labels: dict[str, int]) -> None:
    (mine,) = propose_tubes(video, 1, frames=100)
    review_tube(video, mine, [], [labels["run"]], frames=100)
    for detector in ("hog", "no_such_detector"):
        Run.objects.create(
            id=uuid.uuid4(), project=video.project, video=video, detector=detector, detail={}
        )
        (viewing,) = viewings_plan(video.project_id).viewings
        assert viewing.kind == "stretch" and "detection" not in viewing.reason
