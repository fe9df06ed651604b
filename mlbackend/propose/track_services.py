"""Carrying a drawn box, inside the request: what is asked is checked first, then it is done.

It is done here and not by a job because a person waits for it with a hand on the key: a job's
way through the queue, behind ingests and detection, takes longer than the work. It is bounded
instead, in video seconds, in frames and in time, and torch is not loaded.
"""

from __future__ import annotations

import json
import time
from collections.abc import Iterator
from functools import lru_cache
from typing import Any

from labeling import api
from labeling.domain.box import Box
from labeling.domain.errors import InvalidInput, TubelabError
from mlbackend.propose import detect
from mlbackend.propose.host import host

UNTIL_S = 10.0
MOST_S = 30.0
MOST_FRAMES = 900
LIMIT_S = 20.0
MIN_SIDE_PX = 6.0
# A detector looks this often; the points inside the box carry it in between.
LOOKS_HZ = 10.0
# Small enough for the web process, and without torch.
DETECTOR = "yolox_nano"
REPORT_EVERY_S = 0.15


def track(
    video: api.VideoValue,
    *,
    frame: int,
    box: list[float],
    until_s: float = UNTIL_S,
    direction: str = "both",
    first_frame: int | None = None,
    last_frame: int | None = None,
) -> Iterator[str]:
    """Check what is asked, and return the lines of the answer, made while they are read.

    Each line is a JSON object: `{"progress": 0..1}` now and then, at the end `{"result": …}` or
    `{"error": {"code", "message", "detail"}}`.

    Args:
        first_frame, last_frame: do not go beyond these, such as a person's own keyframes.

    Raises:
        InvalidInput: the frame is not in the video, the box is outside the picture or too small,
            or the video's file is not here.
    """
    drawn = _checked(video, frame, box)
    low, high = _range(video, frame, until_s)
    if first_frame is not None:
        low = max(low, min(first_frame, frame))
    if last_frame is not None:
        high = min(high, max(last_frame, frame))
    low = frame if direction == "forward" else low
    high = frame if direction == "back" else high
    return _lines(video, frame, drawn, low, high)


def _checked(video: api.VideoValue, frame: int, box: list[float]) -> Box:
    if not video.source_path.is_file():
        raise InvalidInput(
            f"The file of {video.name} is not here, so nothing can be followed in it.",
            code="no_file",
        )
    if not 0 <= frame < video.frame_count:
        raise InvalidInput(
            f"Frame {frame} is not in {video.name}, which has frames 0 to {video.frame_count - 1}."
        )
    drawn = Box.of(box)
    seen = drawn.clipped(video.width, video.height)
    if seen is None:
        raise InvalidInput(
            f"The box {drawn.as_list()} is outside the picture of {video.width} by "
            f"{video.height} pixels."
        )
    if min(seen.x2 - seen.x1, seen.y2 - seen.y1) < MIN_SIDE_PX:
        raise InvalidInput(
            f"A box of less than {MIN_SIDE_PX:g} pixels a side cannot be followed; draw a larger "
            "one."
        )
    return drawn


def _range(video: api.VideoValue, frame: int, until_s: float) -> tuple[int, int]:
    """The frames within `until_s` of `frame`, and within `MOST_FRAMES`."""
    base, at = video.timebase, video.timebase.time_s(frame)
    seconds = min(until_s, MOST_S)
    low = max(base.frame_at(at - seconds), frame - MOST_FRAMES)
    return low, min(base.frame_at(at + seconds), frame + MOST_FRAMES)


def _lines(video: api.VideoValue, frame: int, box: Box, low: int, high: int) -> Iterator[str]:
    from mlbackend.propose.track_near import Near
    from mlbackend.propose.track_video import Way, carry

    told = 0.0
    try:
        net = _detector(host())
        every = max(1, round(float(video.timebase.fps) / LOOKS_HZ))
        steps = carry(
            video, frame, box, Way(low, high, LIMIT_S), lambda: Near(net, every) if net else None
        )
        while True:
            share = next(steps)
            if time.monotonic() - told > REPORT_EVERY_S:
                told = time.monotonic()
                yield _line({"progress": round(share, 3)})
    except StopIteration as done:
        yield _line({"result": _result(done.value)})
    except (TubelabError, detect.DetectorFailed) as error:
        known = error if isinstance(error, TubelabError) else InvalidInput(str(error))
        yield _line({"error": known.body()})


def _result(carried: Any) -> dict[str, Any]:
    return {
        "keyframes": [
            {"frame": keyframe.frame, "box": keyframe.box.as_list()}
            for keyframe in carried.keyframes
        ],
        "forward": _end(carried.forward),
        "back": _end(carried.back),
    }


def _end(end: Any) -> dict[str, Any] | None:
    return {"frame": end.frame, "reason": str(end.stop)} if end else None


def _line(value: dict[str, Any]) -> str:
    return json.dumps(value) + "\n"


def _detector(machine: detect.Host) -> detect.Detector | None:
    """The small detector, kept loaded; None as long as its weights are not here."""
    if detect.missing_weights(DETECTOR, machine) is not None:
        return None
    return _loaded(machine)


@lru_cache(maxsize=1)
def _loaded(machine: detect.Host) -> detect.Detector:
    return detect.load(DETECTOR, machine)
