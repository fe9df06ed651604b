"""What the tests of other tools' formats share."""

from fractions import Fraction

import pytest
from hypothesis import strategies as st

from labeling.domain.box import Box
from labeling.domain.tube import Keyframe, Tube
from labeling.formats.dataset import (
    BadRow,
    FileBox,
    FileLabel,
    FileSpan,
    FileTube,
    FileVideo,
    Note,
    ReadOptions,
)

LABELS = [
    FileLabel("person", "object"), FileLabel("dog", "object"),
    FileLabel("walk", "action", 12), FileLabel("wave", "action", 69),
    FileLabel("crowded", "segment"), FileLabel("outdoors", "video_class"),
]  # fmt: skip


def sorted_out(read, path, **options):
    """(videos, bad rows, notes) that a file gives."""
    videos, bad, notes = [], [], []
    for found in read(path, ReadOptions(**options)):
        {FileVideo: videos, BadRow: bad, Note: notes}[type(found)].append(found)
    return videos, bad, [note.text for note in notes]


def dense(tube, every_frame=False):
    """Frame → box shown, as a tube here shows it."""
    if every_frame:
        return {box.at: box.box for box in tube.boxes if not box.outside}
    keyframes = (Keyframe(b.at, Box(*b.box), b.occluded, b.outside) for b in tube.boxes)
    frames, boxes = Tube("t", 1, tuple(keyframes)).dense()
    return dict(zip(frames.tolist(), map(tuple, boxes.tolist()), strict=True))


def are_close(one, other):
    """Whether two motions show the same boxes on the same frames, to 1e-9 px."""
    return one.keys() == other.keys() and all(
        one[frame] == pytest.approx(other[frame], abs=1e-9) for frame in one
    )


def written(format_, folder, videos, labels=LABELS):
    """What reading gives back of videos that were written: (videos, bad rows, notes)."""
    folder.mkdir(exist_ok=True)
    format_.write(folder, iter(videos), labels)
    return sorted_out(format_.read, folder)


def texts(folder):
    return {
        path.relative_to(folder).as_posix(): path.read_bytes()
        for path in sorted(folder.rglob("*"))
        if path.is_file()
    }


# Letters of several scripts, and what XML, JSON, CSV and file systems stumble over.
names = st.text("abZ09-_.=+@,;:'\"/\\<>&é漢 ", min_size=1, max_size=10).filter(
    lambda name: name == name.strip()
)
cents = st.integers(-500, 5000)


@st.composite
def corners(draw, unit=100):
    """A box on a grid of 1/unit px."""
    x, y = draw(cents), draw(cents)
    width, height = draw(st.integers(1, 3000)), draw(st.integers(1, 3000))
    return x / unit, y / unit, (x + width) / unit, (y + height) / unit


@st.composite
def spans_within(draw, times, labels=("walk", "wave")):
    """Spans between the given times, apart from each other for each label."""
    spans = []
    for label in labels:
        picked = sorted(draw(st.sets(st.sampled_from(times), max_size=4))) if times else []
        pairs = zip(picked[::2], picked[1::2], strict=False)
        spans += [FileSpan(label, start, end) for start, end in pairs]
    return tuple(sorted(spans, key=lambda s: (s.start, s.end, s.label)))


def seconds(microseconds):
    return Fraction(microseconds, 10**6)


def tube(*boxes, **fields):
    return FileTube(tuple(FileBox(at, box) for at, box in boxes), **fields)
