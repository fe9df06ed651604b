"""A snapshot's video in the terms of formats with different places for things."""

from fractions import Fraction

import numpy as np
import pytest

from labeling.domain.timebase import Timebase
from labeling.formats.choice import Choice, Which, chosen, not_reviewed
from labeling.formats.dataset import Coordinates, Format, Holds, Unit
from labeling.formats.from_video import file_video, lost

# Frames of 1, 2, 1, 2 … tenths of a second, the first shown at tick 7.
TICKS = 7 + np.cumsum([0, *([1, 2] * 20)])[:40]
TIMEBASE = Timebase((1, 10), TICKS, int(TICKS[-1]) + 4)
LABELS = {
    1: {"id": 1, "name": "person", "kind": "object"},
    2: {"id": 2, "name": "dog", "kind": "object"},
    3: {"id": 3, "name": "walk", "kind": "action"},
    4: {"id": 4, "name": "goal", "kind": "segment"},
    5: {"id": 5, "name": "football", "kind": "video_class"},
}


def keyframe(frame, box, outside=False, occluded=False):
    return {"frame": frame, "box": list(box), "outside": outside, "occluded": occluded}


def tube(*keyframes, tube_id="t", label_id=1, state="manual", score=None, revision=1):
    return {
        "id": tube_id, "number": 3, "label_id": label_id, "keyframes": list(keyframes),
        "state": state, "score": score, "run_id": None, "proposed": None, "revision": revision,
    }  # fmt: skip


def span(label_id, start, end, tube_id=None, state="manual", score=None, revision=1):
    return {
        "id": f"{label_id}-{start}", "tube_id": tube_id, "label_id": label_id,
        "start_frame": start, "end_frame": end, "state": state, "score": score, "run_id": None,
        "proposed": None, "revision": revision,
    }  # fmt: skip


def video(tubes=(), spans=(), coverage=()):
    return {
        "id": "v", "name": "yard.mkv", "external_id": "", "start_s": 2.1, "width": 200,
        "height": 100, "frame_count": 40, "split": "val", "tubes": list(tubes),
        "spans": list(spans), "coverage": list(coverage),
    }  # fmt: skip


def write(made, holds=frozenset(Holds), **more):
    format_ = Format("test", "Test", holds=frozenset(holds), **more)
    return file_video(made, TIMEBASE, format_, LABELS, "yard")


LEAVING = tube(
    keyframe(0, (0, 0, 20, 10)),
    keyframe(10, (10, 0, 30, 10), outside=True),
    keyframe(20, (100, 0, 120, 10), occluded=True),
    keyframe(22, (104, 0, 124, 10)),
)


def test_seconds_come_from_the_recorded_ticks():
    made = write(video([LEAVING], [span(4, 3, 40), span(3, 1, 4, "t")]), unit=Unit.SECOND)
    assert [box.at for box in made.tubes[0].boxes] == [0, Fraction(3, 2), 3, Fraction(33, 10)]
    assert (made.segments[0].start, made.segments[0].end) == (Fraction(2, 5), Fraction(31, 5))
    assert made.tubes[0].spans[0].end == Fraction(3, 5)
    assert (made.duration_s, made.start_s) == (Fraction(31, 5), Fraction(21, 10))


def test_boxes_become_fractions_where_the_format_wants_them():
    made = write(video([LEAVING]), coordinates=Coordinates.FRACTIONS)
    assert made.tubes[0].boxes[1].box == (0.05, 0.0, 0.15, 0.1)


def test_a_tube_is_cut_at_gaps_for_a_format_without_them():
    made = write(
        video([LEAVING], [span(3, 5, 21, "t")]), holds={Holds.TUBES, Holds.ACTIONS, Holds.NUMBERS}
    )
    first, second = made.tubes
    assert [(box.at, box.box) for box in first.boxes] == [
        (0, (0, 0, 20, 10)), (9, (9, 0, 29, 10)),
    ]  # fmt: skip
    assert [box.at for box in second.boxes] == [20, 22]
    assert not any(box.occluded or box.outside for box in second.boxes)
    assert first.number == second.number == 3
    assert [(s.start, s.end) for part in made.tubes for s in part.spans] == [(5, 10), (20, 21)]


def test_every_frame_has_a_box_where_the_format_wants_it():
    made = write(video([LEAVING]), every_frame=True)
    boxes = made.tubes[0].boxes
    assert [box.at for box in boxes] == [*range(10), 20, 21, 22]
    assert [box.occluded for box in boxes[-3:]] == [True, True, False]
    assert boxes[3].box == (3, 0, 23, 10) and boxes[11].box == (102, 0, 122, 10)


def test_a_video_class_is_about_all_of_the_video():
    made = write(video(spans=[span(5, 0, 40), span(4, 2, 3)]))
    assert [(s.label, s.start, s.end) for s in made.classes] == [("football", None, None)]
    assert [(s.label, s.start, s.end) for s in made.segments] == [("goal", 2, 3)]


def test_what_has_no_place_is_counted():
    dog = tube(keyframe(0, (0, 0, 9, 9)), tube_id="d", label_id=2, state="proposed", score=0.5)
    made = video([LEAVING, dog], [span(3, 0, 9, "t"), span(4, 0, 9), span(5, 0, 40)])
    nothing = Format("test", "Test")
    assert lost(made, nothing, LABELS) == {
        "tubes": 2, "actions": 1, "segments": 1, "video classes": 1,
    }  # fmt: skip
    boxes = Format("test", "Test", holds=frozenset({Holds.TUBES, Holds.VIDEO_CLASSES}))
    assert lost(made, boxes, LABELS) == {
        "person numbers": 2, "object labels": 1, "actions": 1, "segments": 1, "occlusion": 1,
        "gaps in a tube": 1, "scores": 1, "keyframes": 1,
    }  # fmt: skip
    assert lost(made, Format("test", "Test", holds=frozenset(Holds)), LABELS) == {}
    assert [t.label for t in write(made, boxes.holds).tubes] == ["", "", ""]


@pytest.mark.parametrize(
    ("which", "tubes", "spans"),
    [
        (Which.REVIEWED, ["mine"], ["3-0"]),
        (Which.PROPOSED, ["maybe", "mine"], ["3-20", "3-30", "4-7"]),
        (Which.ALL, ["maybe", "mine"], ["3-0", "3-20", "3-30", "4-7"]),
    ],
)
def test_whose_word_is_chosen(which, tubes, spans):
    box = keyframe(0, (0, 0, 9, 9))
    made = video(
        [tube(box, tube_id="mine"), tube(box, tube_id="maybe", state="proposed"),
         tube(box, tube_id="no", state="rejected")],
        [span(3, 0, 9, "mine"), span(3, 20, 29, "mine", "proposed"), span(3, 30, 39, "maybe",
         "proposed"), span(3, 5, 9, "no"), span(4, 7, 8, state="proposed")],
    )  # fmt: skip
    kept = chosen(made, Choice(which))
    assert sorted(t["id"] for t in kept["tubes"]) == tubes
    assert sorted(s["id"] for s in kept["spans"]) == spans


def test_labels_choose_tubes_by_themselves_and_by_their_actions():
    box = keyframe(0, (0, 0, 9, 9))
    made = video(
        [tube(box, tube_id="p"), tube(box, tube_id="q"), tube(box, tube_id="d", label_id=2)],
        [span(3, 0, 9, "q"), span(4, 0, 9)],
    )
    actions = chosen(made, Choice(label_ids=frozenset({3})))
    assert [t["id"] for t in actions["tubes"]] == ["q"] and len(actions["spans"]) == 1
    dogs = chosen(made, Choice(label_ids=frozenset({2, 4})))
    assert [t["id"] for t in dogs["tubes"]] == ["d"]
    assert [s["label_id"] for s in dogs["spans"]] == [4]


def test_only_what_changed_later_is_chosen():
    box = keyframe(0, (0, 0, 9, 9))
    made = video(
        [tube(box, tube_id="old"), tube(box, tube_id="new", revision=5), tube(box, tube_id="same")],
        [span(3, 0, 9, "old", revision=6), span(3, 0, 9, "same")],
    )
    kept = chosen(made, Choice(changed_since=4))
    assert sorted(t["id"] for t in kept["tubes"]) == ["new", "old"]
    assert [s["tube_id"] for s in kept["spans"]] == ["old"]


def test_what_was_not_reviewed_is_a_list_of_ranges():
    cover = [{"tube_id": None, "start_frame": a, "end_frame": b} for a, b in ((5, 10), (8, 30))]
    maybe = tube(keyframe(28, (0, 0, 9, 9)), keyframe(33, (0, 0, 9, 9)), state="proposed")
    assert not_reviewed(video([maybe], coverage=cover)) == [(0, 5), (28, 40)]
    assert not_reviewed(video()) == [(0, 40)]
