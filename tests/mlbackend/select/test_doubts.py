"""What is doubtful about proposed tubes: each doubt shows where it should and nowhere else."""

from collections.abc import Sequence
from typing import Any

import pytest

from labeling.domain.box import Box
from labeling.domain.state import State
from labeling.domain.tube import Keyframe, Tube
from mlbackend.select.doubts import doubts_of
from tests.mlbackend.select.planning import scene, tube

Corners = tuple[float, float, float, float]
STILL: Corners = (100, 100, 160, 260)


def moved(box: Corners, dx: float, dy: float = 0.0, grown: float = 1.0) -> Corners:
    x1, y1, x2, y2 = box
    return (x1 + dx, y1 + dy, x1 + dx + (x2 - x1) * grown, y1 + dy + (y2 - y1) * grown)


def through(n: int, *boxes: tuple[int, Corners], **changes: Any) -> Tube:
    return tube(n, boxes, **changes)


def said(*tubes: Tube, about: int = 1, calibrated: Sequence[str] = ()) -> list[tuple[str, str]]:
    """Kinds and texts about the tube of this number."""
    found = doubts_of(scene(tubes), frozenset(calibrated))
    (asked,) = [one for one in tubes if one.number == about]
    return [(str(doubt.kind), doubt.text) for doubt in found.get(asked.id, ())]


def test_a_tube_that_walks_along_is_not_doubtful() -> None:
    walking = through(1, *((10 * k, moved(STILL, 20 * k)) for k in range(6)))
    assert said(walking) == []


def test_an_unsure_detector() -> None:
    calm = through(1, (0, STILL), (50, STILL), score=0.31, run_id="r")
    assert said(calm) == [("person", "detector score 0.31, not calibrated")]
    assert said(calm, calibrated=["r"]) == [("person", "detector score 0.31")]
    assert said(through(1, (0, STILL), (50, STILL), score=0.5)) == []
    assert said(through(1, (0, STILL), (50, STILL), score=None)) == []


def test_a_jump() -> None:
    jumping = through(
        1, (0, STILL), (120, STILL), (121, moved(STILL, 300)), (150, moved(STILL, 300))
    )
    assert said(jumping) == [("tube", "jumps at 0:12")]


def test_the_worst_of_several_jumps_is_named() -> None:
    jumping = through(
        1, (0, STILL), (20, STILL), (21, moved(STILL, 200)), (60, moved(STILL, 200)),
        (61, moved(STILL, -90)), (90, moved(STILL, -90)),
    )  # fmt: skip
    assert said(jumping) == [("tube", "jumps at 0:06")]


def test_a_box_that_grows_at_once() -> None:
    growing = through(
        1, (0, STILL), (30, STILL), (31, moved(STILL, -40, -60, grown=2.2)),
        (60, moved(STILL, -40, -60, grown=2.2)),
    )  # fmt: skip
    assert ("tube", "changes its size 4.8-fold at 0:03") in said(growing)


def test_boxes_that_hardly_overlap() -> None:
    slipping = through(1, (0, STILL), (30, STILL), (34, moved(STILL, 50)), (60, moved(STILL, 50)))
    assert said(slipping) == [("tube", "boxes hardly overlap at 0:03 (IoU 0.09)")]


def test_an_absence() -> None:
    box = Box(*STILL)
    frames = (
        Keyframe(0, box),
        Keyframe(20, box, outside=True),
        Keyframe(50, box),
        Keyframe(80, box),
    )
    one = Tube("t1", 1, frames, State.PROPOSED, number=1, score=0.9)
    assert said(one) == [("tube", "gone for 3.0 s at 0:02")]


def test_people_who_cross_may_have_changed_places() -> None:
    one = through(1, (0, (0, 100, 60, 260)), (100, (500, 100, 560, 260)))
    other = through(2, (0, (500, 100, 560, 260)), (100, (0, 100, 60, 260)))
    assert said(one, other) == [("tube", "may change places with tube 2 at 0:05")]
    assert said(one, other, about=2) == [("tube", "may change places with tube 1 at 0:05")]


def test_a_rejected_tube_crosses_nobody() -> None:
    one = through(1, (0, STILL), (100, STILL))
    assert said(one, through(2, (0, STILL), (100, STILL), state=State.REJECTED)) == []


def test_an_odd_shape_away_from_the_edges() -> None:
    thin = through(1, (0, (300, 100, 310, 250)), (50, (300, 100, 310, 250)))
    assert said(thin) == [("person", "odd shape: 10 × 150 px at 0:00")]
    at_edge = through(1, (0, (0, 100, 10, 250)), (50, (0, 100, 10, 250)))
    assert said(at_edge) == []


@pytest.mark.parametrize(("others", "expected"), [(5, 1), (3, 0)])
def test_an_odd_size_among_enough_others(others: int, expected: int) -> None:
    small = through(1, (0, (400, 300, 412, 330)), (50, (400, 300, 412, 330)))
    usual = [
        through(n, (0, moved(STILL, 70 * n)), (50, moved(STILL, 70 * n)))
        for n in range(2, 2 + others)
    ]
    found = [text for kind, text in said(small, *usual) if kind == "person"]
    assert len(found) == expected
    assert all(text == "odd size: 19% as high as is usual here" for text in found)


def test_only_proposals_are_asked_about() -> None:
    kept = through(1, (0, STILL), (20, moved(STILL, 400)), state=State.ACCEPTED, score=0.1)
    assert said(kept) == []
    assert said(kept, through(2, (0, STILL), (50, STILL)), about=1) == []


def test_a_tube_of_one_frame_and_a_video_without_tubes() -> None:
    assert said(through(1, (3, STILL))) == []
    assert doubts_of(scene()) == {}
