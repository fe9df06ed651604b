"""What people said about the whole picture: the video as one tube over the full frame.

A segment of the video is to the picture what an action is to a tube, so windows of the picture are
asked the same way: only confirmed segments say yes, only ranges of the video that were reviewed for
the label say no. The video is cut into stretches of about `STRETCH_S`: they are what is held out
where there are no hold-out videos, and what is redrawn in a comparison. No window crosses the edge
of a stretch, so two stretches share no frame.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
from numpy.typing import NDArray

from labeling.domain.box import Box
from labeling.domain.span import Coverage, Span
from labeling.domain.taxonomy import LabelKind
from labeling.domain.timebase import Timebase
from labeling.domain.tube import Keyframe, Tube
from mlbackend.train.holdout import HOLD_OUT_SPLIT, TRAIN_SPLIT
from mlbackend.train.truth import ReviewedTube, live_labels

STRETCH_S = 10.0

Ints = NDArray[np.int64]


def segment_labels(content: dict[str, Any]) -> list[dict[str, Any]]:
    """The snapshot's segment labels that are not retired, in the order of their ids."""
    return live_labels(content, LabelKind.SEGMENT)


def picture_tube(width: int, height: int, frames: int) -> Tube:
    """The whole picture over the whole video as one tube.

    Args:
        width, height: of the picture as shown, px. frames: of the video, at least one.
    """
    full = Box(0.0, 0.0, float(width), float(height))
    ends = sorted({0, frames - 1})
    return Tube("picture", 0, tuple(Keyframe(frame, full) for frame in ends))


def reviewed_stretches(
    content: dict[str, Any], timebase_of: Callable[[str], Timebase]
) -> list[ReviewedTube]:
    """Stretches with some range reviewed for a segment label, ordered by the videos' content.

    The tube of each is the picture's, cut to the stretch; its id names the video and the stretch's
    number in it.

    Args:
        content: a snapshot's content.
        timebase_of: the times of a video; asked only for videos that train or are held out and
            have been reviewed for a segment label.
    """
    wanted = {int(label["id"]) for label in segment_labels(content)}
    found = []
    for video in sorted(content["videos"], key=lambda video: str(video["sha256"])):
        coverage = [_of_labels(Coverage.of(data), wanted) for data in video["coverage"]]
        covered = tuple(c for c in coverage if c.tube_id is None and c.label_ids)
        if not covered or video["split"] not in (TRAIN_SPLIT, HOLD_OUT_SPLIT):
            continue
        spans = map(Span.of, video["spans"])
        own = tuple(
            s for s in spans if s.tube_id is None and s.label_id in wanted and s.is_confirmed
        )
        picture = picture_tube(video["width"], video["height"], video["frame_count"])
        edges = stretch_edges(timebase_of(str(video["id"])))
        for number, (start, end) in enumerate(edges, start=1):
            if any(c.start_frame < end and c.end_frame > start for c in covered):
                tube = _part(picture, f"{video['id']}/{number}", number, start, end)
                found.append(
                    ReviewedTube(
                        str(video["id"]), video["sha256"], video["split"], tube, own, covered
                    )
                )
    return found


def stretch_edges(timebase: Timebase) -> list[tuple[int, int]]:
    """Frames [start, end) of a video's stretches: even ones of about `STRETCH_S`, at least one."""
    count = max(1, round(timebase.duration_s / STRETCH_S))
    inner = [timebase.frame_at(timebase.duration_s * k / count) for k in range(1, count)]
    edges = sorted({0, *inner, timebase.frame_count})
    return list(zip(edges, edges[1:], strict=False))


def windows_within(windows: Ints, start_frame: int, end_frame: int) -> Ints:
    """The windows (W, 2) that lie wholly in a stretch."""
    return windows[(windows[:, 0] >= start_frame) & (windows[:, 1] <= end_frame)]


def _of_labels(coverage: Coverage, wanted: set[int]) -> Coverage:
    kept = tuple(label_id for label_id in coverage.label_ids if label_id in wanted)
    return Coverage(coverage.id, coverage.tube_id, coverage.start_frame, coverage.end_frame, kept)


def _part(picture: Tube, tube_id: str, number: int, start: int, end: int) -> Tube:
    part = picture.trimmed(start, end)
    return Tube(tube_id, part.label_id, part.keyframes, number=number)
