import numpy as np
from hypothesis import assume, given
from hypothesis import strategies as st

from labeling.domain.annotations import Annotations
from labeling.domain.box import Box, iou_matrix
from labeling.domain.operations import apply
from labeling.domain.timebase import Timebase
from labeling.domain.tube import Keyframe, Tube

A, B = "00000000-0000-4000-8000-00000000000a", "00000000-0000-4000-8000-00000000000b"
side = st.floats(-50, 50, allow_nan=False)
extent = st.floats(1, 60)
boxes = st.builds(lambda x, y, w, h: Box(x, y, x + w, y + h), side, side, extent, extent)
frames = st.lists(st.integers(0, 60), min_size=2, max_size=6, unique=True)


@st.composite
def tubes(draw):
    keyframes = [Keyframe(f, draw(boxes), draw(st.booleans())) for f in sorted(draw(frames))]
    return Tube(A, 1, tuple(keyframes))


@given(tubes(), st.integers(1, 60))
def test_split_then_merge_keeps_every_box(tube, frame):
    assume(tube.start_frame < frame < tube.end_frame)
    split = {"op": "tube_split", "tube_id": A, "frame": frame, "new_tube_id": B}
    merge = {"op": "tube_merge", "tube_id": A, "other_id": B}
    after, _ = apply(Annotations(tubes={A: tube}), [split, merge])
    frames, dense = tube.dense()
    merged_frames, merged_dense = after.tubes[A].dense()
    assert np.array_equal(frames, merged_frames)
    assert np.allclose(dense, merged_dense, atol=1e-9)


@given(tubes())
def test_the_tube_passes_through_its_keyframes(tube):
    assert all(tube.box_at(k.frame) == k.box for k in tube.keyframes)


@given(tubes())
def test_the_wire_form_loses_nothing(tube):
    assert Tube.of(tube.as_dict()) == tube


@given(st.lists(boxes, min_size=1, max_size=5), st.lists(boxes, min_size=1, max_size=5))
def test_overlap_agrees_with_a_plain_loop(left, right):
    found = iou_matrix(
        np.array([b.as_list() for b in left]), np.array([b.as_list() for b in right])
    )
    for i, a in enumerate(left):
        for j, b in enumerate(right):
            w = max(0.0, min(a.x2, b.x2) - max(a.x1, b.x1))
            h = max(0.0, min(a.y2, b.y2) - max(a.y1, b.y1))
            areas = (a.x2 - a.x1) * (a.y2 - a.y1) + (b.x2 - b.x1) * (b.y2 - b.y1)
            assert abs(found[i, j] - w * h / (areas - w * h)) < 1e-9


@given(st.lists(st.integers(1, 5000), min_size=1, max_size=50), st.integers(0, 10**6))
def test_the_middle_of_a_frame_is_in_that_frame(gaps, first):
    ticks = first + np.cumsum([0, *gaps])
    timebase = Timebase((1001, 30000), ticks[:-1], int(ticks[-1]))
    assert all(timebase.frame_at(timebase.middle_s(f)) == f for f in range(timebase.frame_count))
