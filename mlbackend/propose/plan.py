"""What detecting on a video means: which frames, cut into which chunks, kept where.

The plan follows from the video, the detector and the rate alone, so that whoever works on the
video, now or after a crash, here or on another worker, works on the same chunks.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any
from zipfile import BadZipFile

import numpy as np
from django.conf import settings

from labeling import api
from labeling.domain.errors import InvalidInput
from labeling.domain.timebase import Timebase
from mlbackend.propose import detect
from mlbackend.propose.host import host
from mlbackend.propose.link import Observed
from mlbackend.propose.moving import MOST_TIMES, STEADY_SHARE
from mlbackend.propose.observe import Frames, observe
from mlbackend.propose.sampling import chunks, detection_frames
from mlbackend.propose.store import DetectionStore

CHUNK_S = 10.0
# Slower than this nobody can be followed; faster than any camera is a mistake.
RATES_HZ = (0.2, 240.0)


@dataclass(frozen=True, slots=True)
class Plan:
    """The chunks of one video and their store.

    rate_hz: frames looked at a second in any case. most_hz: where something moves.
    """

    video: api.VideoValue
    detector: str
    rate_hz: float
    most_hz: float
    chunks: list[Frames]
    store: DetectionStore

    def missing(self) -> list[int]:
        """Return the chunks that are still to be detected on, in order."""
        return [number for number in range(len(self.chunks)) if not self.store.has(number)]

    def detect(self, number: int, report: Callable[[float], None] | None = None) -> str:
        """Detect on a chunk and keep what is found; return what a person should know, or ""."""
        found = observe(self.video, self.detector, self.chunks[number], report)
        self.store.write(number, found.seen, found.categories)
        return found.notice

    def read(self) -> tuple[list[Observed], tuple[str, ...]] | None:
        """Return all chunks in order and their category names.

        None, the bad one dropped, when one is lost or damaged.
        """
        seen: list[Observed] = []
        categories: tuple[str, ...] = ()
        for number in range(len(self.chunks)):
            try:
                seen += self.store.read(number)
                categories = self.store.categories(number)
            except (OSError, ValueError, KeyError, EOFError, BadZipFile):
                self.store.forget(number)
                return None
        return seen, categories


def plan(video: api.VideoValue, detector: str, rate_hz: Any = None) -> Plan:
    """Return the plan for a video.

    Args:
        rate_hz: detection frames a second, wherever; without it a little less than the
            detector's own, and more where something moves.

    Raises:
        InvalidInput: the detector is gone, or the rate is none.
    """
    try:
        option = detect.option_of(detector, host(video.project_id))
    except detect.DetectorFailed as error:
        raise InvalidInput(f"{video.name}: {error}", code="detector_unavailable") from error
    rate = option.rate_hz * STEADY_SHARE if rate_hz is None else checked_rate(rate_hz)
    most = MOST_TIMES if rate_hz is None else 1.0
    return Plan(
        video,
        detector,
        rate,
        rate * most,
        frames_of(video.timebase, rate, most),
        DetectionStore(
            settings.HOME_DIRS["features"],
            video.sha256,
            f"{detector}{option.key}",
            f"{rate:g}" if most == 1.0 else f"{rate:g} to {rate * most:g}",
        ),
    )


def frames_of(timebase: Timebase, rate_hz: float, most_times: float) -> list[Frames]:
    """Return each chunk's frames: those at the rate, and those that may be looked at besides."""
    always = detection_frames(timebase, rate_hz)
    maybe = np.setdiff1d(detection_frames(timebase, rate_hz * most_times), always)
    parts = chunks(always, timebase, CHUNK_S)
    found = []
    for part, following in zip(parts, [*parts[1:], None], strict=True):
        after = None if following is None else int(following[0])
        end = timebase.frame_count if after is None else after
        inside = maybe[(maybe > part[0]) & (maybe < end)]
        found.append(Frames(tuple(part.tolist()), tuple(inside.tolist()), after))
    return found


def checked_rate(rate_hz: Any) -> float:
    """Return a rate that was asked for.

    Raises:
        InvalidInput: it is no number of frames a second.
    """
    low, high = RATES_HZ
    try:
        rate = float(rate_hz)
    except (TypeError, ValueError):
        rate = -1.0
    if not low <= rate <= high:
        raise InvalidInput(
            f"The rate is {rate_hz!r}; give frames a second, from {low:g} to {high:g}."
        )
    return rate
