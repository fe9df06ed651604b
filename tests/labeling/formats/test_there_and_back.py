"""A snapshot's video in the terms of a format, and back onto a video: the same again."""

from fractions import Fraction

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from labeling.domain.timebase import Timebase
from labeling.domain.tube import Tube
from labeling.formats.dataset import Coordinates, Format, Holds, Unit
from labeling.formats.from_video import file_video
from labeling.formats.onto_video import Clip, plan

FRAMES = 40
LABELS = {
    1: {"id": 1, "name": "person", "kind": "object"},
    2: {"id": 2, "name": "dog", "kind": "object"},
    3: {"id": 3, "name": "walk", "kind": "action"},
    4: {"id": 4, "name": "run", "kind": "action"},
    5: {"id": 5, "name": "goal", "kind": "segment"},
    6: {"id": 6, "name": "football", "kind": "video_class"},
}
SIZE = (256, 128)

ranges = st.tuples(st.integers(0, FRAMES - 1), st.integers(1, FRAMES)).map(
    lambda pair: (min(pair[0], pair[1] - 1), max(pair[0] + 1, pair[1]))
)
corner = st.integers(0, 1000).map(lambda n: n / 8)


@st.composite
def keyframes(draw):
    frames = sorted(draw(st.sets(st.integers(0, FRAMES - 1), min_size=1, max_size=6)))
    made = []
    for place, frame in enumerate(frames):
        x, y, w, h = (draw(corner) for _ in range(4))
        made.append(
            {
                "frame": frame, "box": [x, y, x + w + 1, y + h + 1],
                "occluded": draw(st.booleans()),
                # A tube begins and ends with the actor in the picture.
                "outside": 0 < place < len(frames) - 1 and draw(st.booleans()),
            }
        )  # fmt: skip
    return made


@st.composite
def videos(draw):
    tubes, spans = [], []
    for number in range(draw(st.integers(0, 3))):
        shape = {"id": f"t{number}", "number": number, "label_id": draw(st.sampled_from([1, 2]))}
        tubes.append(shape | {"keyframes": draw(keyframes()), "state": "manual", "score": None})
        start, end = tubes[-1]["keyframes"][0]["frame"], tubes[-1]["keyframes"][-1]["frame"] + 1
        for label_id in draw(st.sets(st.sampled_from([3, 4]))):
            first = draw(st.integers(start, end - 1))
            spans.append((f"t{number}", label_id, first, draw(st.integers(first + 1, end))))
    spans += [(None, 5, *found) for found in draw(st.sets(ranges, max_size=2))]
    spans += [(None, 6, 0, FRAMES)] * draw(st.integers(0, 1))
    steps = draw(st.lists(st.integers(1, 9), min_size=FRAMES, max_size=FRAMES))
    ends = 5 + np.cumsum(steps)
    timebase = Timebase((1001, 24000), np.concatenate([[5], ends[:-1]]), int(ends[-1]))
    return timebase, {
        "id": "v", "name": "yard.mp4", "start_s": 900.0, "width": SIZE[0], "height": SIZE[1],
        "frame_count": FRAMES, "split": "train", "tubes": tubes,
        "spans": [
            {"id": str(i), "tube_id": tube, "label_id": label, "start_frame": a, "end_frame": b,
             "state": "manual", "score": None}
            for i, (tube, label, a, b) in enumerate(spans)
        ],
    }  # fmt: skip


def shown(tube):
    """What is to be seen of a tube: frame → corners, and the frames where it is hidden."""
    frames, boxes = tube.dense()
    own = [keyframe.frame for keyframe in tube.keyframes]
    hidden = {
        int(frame)
        for frame in frames
        if tube.keyframes[np.searchsorted(own, frame, side="right") - 1].occluded
    }
    return dict(zip(frames.tolist(), boxes.tolist(), strict=True)), hidden


@pytest.mark.parametrize("unit", list(Unit))
@pytest.mark.parametrize("coordinates", list(Coordinates))
@pytest.mark.parametrize("every_frame", [False, True])
@pytest.mark.parametrize("gaps", [False, True])
@given(videos())
@settings(max_examples=12, deadline=None)
def test_what_goes_out_comes_back(unit, coordinates, every_frame, gaps, made):
    timebase, video = made
    holds = frozenset(Holds) if gaps else frozenset(Holds) - {Holds.GAPS}
    format_ = Format("x", "X", None, None, unit, coordinates, every_frame, holds)
    written = file_video(video, timebase, format_, LABELS, "yard")
    back = plan(written, Clip(timebase, *SIZE, Fraction(900)))
    assert not back.bad and back.coverage == [(0, FRAMES)]
    assert len(back.tubes) == len(video["tubes"])
    for data, tube in zip(video["tubes"], back.tubes, strict=True):
        assert (tube.number, tube.label) == (data["number"], LABELS[data["label_id"]]["name"])
        boxes, hidden = shown(Tube.of(data))
        found, also_hidden = shown(Tube("t", 1, tube.keyframes))
        assert found.keys() == boxes.keys() and also_hidden == hidden
        for frame, box in boxes.items():
            assert found[frame] == pytest.approx(box, abs=1e-6)
        assert _actions(tube.spans, boxes) == _actions(_ranges(video, data["id"]), boxes)
    assert _named(back.segments) == sorted(
        ("goal", s["start_frame"], s["end_frame"]) for s in video["spans"] if s["label_id"] == 5
    )
    assert _named(back.classes) == [
        ("football", 0, FRAMES) for s in video["spans"] if s["label_id"] == 6
    ]


def _ranges(video, tube_id):
    spans = {}
    for span in video["spans"]:
        if span["tube_id"] == tube_id:
            name = LABELS[span["label_id"]]["name"]
            spans.setdefault(name, []).append((span["start_frame"], span["end_frame"]))
    return spans


def _actions(spans, boxes):
    """What the actor does in each frame in which it is to be seen."""
    return {
        (name, frame)
        for name, ranges in spans.items()
        for start, end in ranges
        for frame in range(start, end)
        if frame in boxes
    }


def _named(spans):
    return sorted((span.label, span.start_frame, span.end_frame) for span in spans)
