"""What a file says of a video, in this video's frames and pixels."""

from fractions import Fraction

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from labeling.domain.box import Box
from labeling.domain.timebase import Timebase
from labeling.domain.tube import Keyframe, Tube
from labeling.formats import onto_video
from labeling.formats.dataset import Coordinates, FileBox, FileSpan, FileTube, FileVideo, Unit
from labeling.formats.exact_thinning import thinned
from labeling.formats.onto_video import Clip, PlanOptions, plan

# Frames of 1, 2, 1, 2 … tenths of a second, the first shown at tick 7; 6.2 s long.
TICKS = 7 + np.cumsum([0, *([1, 2] * 20)])[:40]
CLIP = Clip(Timebase((1, 10), TICKS, int(TICKS[-1]) + 4), 200, 100)
EVEN = Clip(Timebase((1, 10), np.arange(100), 100), 200, 100)
BOX = (20.0, 10.0, 60.0, 50.0)


def seconds(*spans, **more):
    made = tuple(FileSpan("goal", Fraction(a), Fraction(b), row=7) for a, b in spans)
    return FileVideo("yard", Unit.SECOND, segments=made, **more)


def frames(*boxes, **more):
    made = tuple(FileBox(at, BOX, **flags) for at, flags in boxes)
    return FileVideo("yard", tubes=(FileTube(made, 3, row=5),), **more)


def ranges(made):
    return [(s.start_frame, s.end_frame) for s in made.segments]


@pytest.mark.parametrize(
    ("start", "end", "found"),
    [
        ("0", "0.1", (0, 1)),
        ("0.1", "0.3", (1, 2)),
        ("0.05", "0.3", (1, 2)),  # the first frame that begins at or after the start
        ("0.1", "0.31", (1, 3)),
        ("0.3000005", "0.4", (2, 3)),  # to a microsecond
        ("5.95", "6.2", (39, 40)),
    ],
)
def test_a_span_begins_and_ends_with_the_first_frame_from_then(start, end, found):
    made = plan(seconds((start, end)), CLIP)
    assert ranges(made) == [found]


def test_a_span_shorter_than_a_frame_is_the_frame_shown_then():
    made = plan(seconds(("0.15", "0.2"), ("1", "1")), CLIP)
    assert ranges(made) == [(1, 2), (7, 8)]
    assert made.notes == {onto_video.SHORT: 2}


def test_what_lies_past_the_end_is_cut_or_refused():
    made = plan(seconds(("5", "9"), ("6.2", "7"), ("3", "2"), ("-2", "1")), CLIP)
    assert ranges(made) == [(34, 40), (0, 7)]
    assert made.notes == {onto_video.CUT: 1}
    outside, backwards = made.bad
    assert (outside.row, outside.column) == (7, "start")
    assert "from 6.2 s to 7 s lies outside the video, which lasts 6.20 s" in outside.reason
    assert (backwards.column, "ends at 2 s, before it begins at 3 s" in backwards.reason) == (
        "end", True,
    )  # fmt: skip


def test_frames_are_taken_as_they_are():
    made = plan(FileVideo("yard", segments=(FileSpan("goal", 3, 50), FileSpan("goal", 40, 41)),
                          classes=(FileSpan("football"),), frame_count=50), CLIP)  # fmt: skip
    assert ranges(made) == [(3, 40)]
    assert [(s.label, s.start_frame, s.end_frame) for s in made.classes] == [("football", 0, 40)]
    assert made.coverage == [(0, 40)]
    assert made.notes == {onto_video.CUT: 1, onto_video.COUNTED: 1}


def test_where_every_frame_is_written_a_missing_one_means_away():
    made = plan(frames(*[(at, {}) for at in (0, 1, 2, 6, 7)], every_frame=True), CLIP)
    (tube,) = made.tubes
    assert [(k.frame, k.outside) for k in tube.keyframes] == [
        (0, False), (2, False), (3, True), (6, False), (7, False),
    ]  # fmt: skip
    visible = Tube("", 0, tube.keyframes).dense()[0]
    assert visible.tolist() == [0, 1, 2, 6, 7]


def test_keyframes_stay_where_they_are_and_are_cut_at_the_end():
    made = plan(frames((0, {"occluded": True}), (20, {}), (60, {})), CLIP)
    assert [(k.frame, k.occluded) for k in made.tubes[0].keyframes] == [
        (0, True), (20, False), (39, False),
    ]  # fmt: skip
    assert made.notes == {onto_video.CUT: 1}
    gone = plan(frames((38, {}), (40, {"outside": True})), CLIP)
    assert [k.frame for k in gone.tubes[0].keyframes] == [38, 39] and not gone.notes
    assert plan(frames((40, {}), (41, {})), CLIP).tubes == []


def test_boxes_become_pixels_of_this_video():
    third = FileTube((FileBox(0, (0.1, 0.1, 0.3, 0.5)),))
    made = plan(FileVideo("yard", tubes=(third,), coordinates=Coordinates.FRACTIONS), CLIP)
    assert made.tubes[0].keyframes[0].box.as_list() == pytest.approx(list(BOX))
    twice = FileVideo("yard", tubes=(FileTube((FileBox(0, (40, 20, 120, 100)),)),), size=(400, 200))
    made = plan(twice, CLIP)
    assert made.tubes[0].keyframes[0].box.as_list() == list(BOX)
    assert made.notes == {onto_video.SCALED: 1}


def test_boxes_outside_the_picture_are_kept_and_boxes_without_area_are_not():
    boxes = (FileBox(0, (-5, 0, 10, 10)), FileBox(1, (9, 9, 9, 12), row=4), FileBox(2, BOX))
    made = plan(FileVideo("yard", tubes=(FileTube(boxes),)), CLIP)
    assert [k.frame for k in made.tubes[0].keyframes] == [0, 2]
    assert made.notes == {onto_video.OUTSIDE: 1}
    (bad,) = made.bad
    assert (bad.row, bad.column) == (4, "box") and "no area: x1 9, y1 9, x2 9, y2 12" in bad.reason


def test_parts_of_one_number_are_one_actor():
    one = FileTube((FileBox(0, BOX), FileBox(5, BOX)), 3, spans=(FileSpan("walk"),))
    two = FileTube((FileBox(9, BOX),), 3, spans=(FileSpan("run"),))
    clash = FileTube((FileBox(4, BOX),), 3, row=8)
    made = plan(FileVideo("yard", tubes=(two, one, clash)), CLIP)
    (tube,) = made.tubes
    assert [(k.frame, k.outside) for k in tube.keyframes] == [
        (0, False), (5, False), (6, True), (9, False),
    ]  # fmt: skip
    assert tube.spans == {"walk": [(0, 6)], "run": [(9, 10)]}
    (bad,) = made.bad
    assert "number 3 has two boxes" in bad.reason and bad.row == 8


def test_actions_written_with_boxes_hold_until_a_box_without_them():
    boxes = ((0, {"actions": ("walk",)}), (5, {"actions": ("run", "walk")}),
             (9, {"actions": ("run",)}), (12, {"actions": (), "outside": True}))  # fmt: skip
    (tube,) = plan(frames(*boxes), CLIP).tubes
    assert tube.spans == {"walk": [(0, 9)], "run": [(5, 12)]}


def sampled(*moments, step=Fraction(1), number=4):
    boxes = tuple(
        FileBox(Fraction(at), (0.1, 0.1, 0.3, 0.5), actions=tuple(actions), row=row)
        for row, (at, actions) in enumerate(moments, 1)
    )
    return FileVideo("yard", Unit.SECOND, Coordinates.FRACTIONS, sampled=step,
                     tubes=(FileTube(boxes, number),))  # fmt: skip


def test_sampled_boxes_become_runs():
    start = Clip(EVEN.timebase, 200, 100, Fraction(900))
    made = plan(sampled((901, ["a"]), (902, "ab"), (903, ["b"]), (906, ["a"])), start)
    (tube,) = made.tubes
    assert [(k.frame, k.outside) for k in tube.keyframes] == [
        (10, False), (20, False), (30, False), (31, True), (60, False),
    ]  # fmt: skip
    assert tube.spans == {"a": [(10, 25), (60, 61)], "b": [(15, 31)]}
    assert made.coverage == [(5, 65)]
    assert made.frames == tuple(range(0, 100, 10))


def test_what_was_looked_at_may_lie_between_the_rows():
    keyframes = PlanOptions(known=frozenset(map(Fraction, (1, 3))), fills=False)
    made = plan(sampled((5, ["a"])), EVEN, keyframes)
    assert made.coverage == [(5, 15), (25, 35), (45, 55)]
    complete = PlanOptions(complete=True, excluded=frozenset({Fraction(3)}))
    assert plan(sampled((5, ["a"])), EVEN, complete).coverage == [(0, 25), (35, 95)]


def test_sampled_boxes_that_do_not_fit_are_named():
    made = plan(sampled((5, ["a"]), (Fraction("5.01"), ["a"]), (12, ["a"])), EVEN)
    same, outside = made.bad
    assert (same.row, outside.row) == (2, 3)
    assert "timestamps 5 and 5.01 fall on the same frame 50" in same.reason
    assert "timestamp 12 of 'yard' is outside the video" in outside.reason


numbers = st.integers(-40, 240) | st.floats(-40, 240, allow_nan=False)


@st.composite
def keyframed(draw):
    """A tube with gaps on any frames, its box still, moving evenly, or jumping."""
    last = draw(st.integers(0, 39))
    found = []
    for frame in sorted(draw(st.sets(st.integers(0, last), min_size=1, max_size=6))):
        x, y = draw(numbers), draw(numbers)
        w, h = draw(st.integers(1, 90)), draw(st.integers(1, 90))
        found.append((frame, (x, y, x + w, y + h), draw(st.booleans())))
    return found


@settings(max_examples=60, deadline=None)
@given(keyframed())
def test_every_frame_written_and_read_is_the_same_on_every_frame(entries):
    tube = FileTube(tuple(FileBox(at, box, outside=away) for at, box, away in entries), 1)
    first = plan(FileVideo("yard", tubes=(tube,)), CLIP).tubes[0].keyframes
    seen, boxes = Tube("", 0, first).dense()
    if not len(seen):
        return
    dense = tuple(
        FileBox(at, tuple(box)) for at, box in zip(seen.tolist(), boxes.tolist(), strict=True)
    )
    video = FileVideo("yard", tubes=(FileTube(dense, 1),), every_frame=True)
    again = Tube("", 0, plan(video, CLIP).tubes[0].keyframes)
    assert again.dense()[0].tolist() == seen.tolist()
    assert np.abs(again.dense()[1] - boxes).max() <= 1e-9
    assert len(again.keyframes) <= len(seen) + 6


@settings(max_examples=60, deadline=None)
@given(st.lists(st.integers(0, 3), min_size=3, max_size=30), st.integers(0, 2**30))
def test_thinning_keeps_every_box_and_no_needless_one(steps, flags):
    """Whole steps: what lies on a line can be told without rounding."""
    x = np.cumsum(steps)
    made = [
        Keyframe(i, Box(float(v), 0, float(v) + 5, 5), occluded=bool(flags >> i & 1))
        for i, v in enumerate(x)
    ]
    kept = thinned(made)
    assert (kept[0], kept[-1]) == (made[0], made[-1])
    assert Tube("", 0, tuple(kept)).dense()[1] == pytest.approx(Tube("", 0, tuple(made)).dense()[1])
    for before, own, after in zip(kept, kept[1:], kept[2:], strict=False):
        straight = (after.box.x1 - own.box.x1) * (own.frame - before.frame) == (
            own.box.x1 - before.box.x1
        ) * (after.frame - own.frame)
        alike = before.occluded == own.occluded == after.occluded
        assert not (straight and alike)


@settings(max_examples=60, deadline=None)
@given(st.integers(0, 39), st.integers(1, 40))
def test_a_frame_range_written_in_seconds_is_read_as_it_was(start, length):
    end = min(start + length, 40)
    first = int(TICKS[0])

    def at(frame):
        return Fraction(CLIP.timebase.tick(frame) - first, 10)

    assert ranges(plan(seconds((at(start), at(end))), CLIP)) == [(start, end)]
    rounded = [round(at(frame), 6) for frame in (start, end)]
    assert ranges(plan(seconds(tuple(rounded)), CLIP)) == [(start, end)]
