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
from numpy.typing import NDArray

from labeling import api
from labeling.domain.errors import InvalidInput
from mlbackend.propose import detect
from mlbackend.propose.host import host
from mlbackend.propose.link import Observed
from mlbackend.propose.observe import observe
from mlbackend.propose.sampling import chunks, detection_frames
from mlbackend.propose.store import DetectionStore

CHUNK_S = 10.0
# Slower than this nobody can be followed; faster than any camera is a mistake.
RATES_HZ = (0.2, 240.0)


@dataclass(frozen=True, slots=True)
class Plan:
    """The chunks of one video and their store."""

    video: api.VideoValue
    detector: str
    chunks: list[NDArray[np.int64]]
    store: DetectionStore

    def missing(self) -> list[int]:
        """Return the chunks that are still to be detected on, in order."""
        return [number for number in range(len(self.chunks)) if not self.store.has(number)]

    def detect(self, number: int, report: Callable[[float], None] | None = None) -> str:
        """Detect on a chunk and keep what is found; return what a person should know, or ""."""
        found = observe(self.video, self.detector, self.chunks[number].tolist(), report)
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
        rate_hz: detection frames a second; the detector's own without it.

    Raises:
        InvalidInput: the detector is gone, or the rate is none.
    """
    try:
        option = detect.option_of(detector, host(video.project_id))
    except detect.DetectorFailed as error:
        raise InvalidInput(f"{video.name}: {error}", code="detector_unavailable") from error
    rate = option.rate_hz if rate_hz is None else checked_rate(rate_hz)
    return Plan(
        video,
        detector,
        chunks(detection_frames(video.timebase, rate), video.timebase, CHUNK_S),
        DetectionStore(
            settings.HOME_DIRS["features"], video.sha256, f"{detector}{option.key}", rate
        ),
    )


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
