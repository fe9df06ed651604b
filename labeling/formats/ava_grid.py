"""Which frame an AVA timestamp means in a video, by its recorded times."""

from bisect import bisect_left
from collections.abc import Iterator
from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction

import numpy as np

from labeling.domain.timebase import Timebase

_MICROSECOND = 10**6


@dataclass(frozen=True, slots=True)
class Grid:
    """Timestamps of one video.

    Args:
        timebase: recorded presentation times.
        start_s: timestamp of the video's first frame: 900 where the file is AVA's 15-minute cut.
        rate_hz: timestamps per second; AVA has 1.
    """

    timebase: Timebase
    start_s: Fraction
    rate_hz: Fraction = Fraction(1)

    @property
    def whole_seconds(self) -> bool:
        return self.rate_hz == 1

    @property
    def duration_s(self) -> Fraction:
        first = int(self.timebase.ticks[0])
        return (self.timebase.end_tick - first) * self.timebase.second

    def timestamps(self) -> Iterator[tuple[Decimal, int]]:
        """Every timestamp inside the video with its frame, in order."""
        step = -(-self.start_s * self.rate_hz // 1)
        while (time_s := step / self.rate_hz - self.start_s) < self.duration_s:
            yield self._timestamp(step / self.rate_hz), self.nearest(time_s)
            step += 1

    def timestamp_of(self, frame: int) -> Decimal:
        """When a frame begins, to the microsecond."""
        begin = self.timebase.tick(frame) - int(self.timebase.ticks[0])
        return self._timestamp(begin * self.timebase.second + self.start_s)

    def video_time(self, timestamp: Decimal) -> Fraction:
        """Seconds from the first frame; negative before it."""
        return Fraction(timestamp) - self.start_s

    def holds(self, timestamp: Decimal) -> bool:
        return 0 <= self.video_time(timestamp) < self.duration_s

    def frame(self, timestamp: Decimal) -> int:
        """The frame whose begin is nearest to the timestamp."""
        return self.nearest(self.video_time(timestamp))

    def nearest(self, time_s: Fraction) -> int:
        """The frame that begins nearest to a time; the earlier one of two equally near."""
        after = self.first_from(time_s)
        if after == 0:
            return 0
        if after == self.timebase.frame_count:
            return after - 1
        ticks, tick = self.timebase.ticks, self._tick(time_s)
        return after if ticks[after] - tick < tick - int(ticks[after - 1]) else after - 1

    def first_from(self, time_s: Fraction) -> int:
        """The first frame that begins at or after a time; frame_count if none does."""
        tick = self._tick(time_s)
        ceiling = -(-tick.numerator // tick.denominator)
        return bisect_left(_AsList(self.timebase.ticks), ceiling)

    def _tick(self, time_s: Fraction) -> Fraction:
        return time_s / self.timebase.second + int(self.timebase.ticks[0])

    def _timestamp(self, exact_s: Fraction) -> Decimal:
        if exact_s.denominator == 1:
            return Decimal(exact_s.numerator)
        return Decimal(round(exact_s * _MICROSECOND)) / _MICROSECOND


class _AsList:
    """bisect compares Python's whole numbers, which do not overflow, with the array's."""

    def __init__(self, ticks: np.ndarray) -> None:
        self.ticks = ticks

    def __len__(self) -> int:
        return int(self.ticks.size)

    def __getitem__(self, index: int) -> int:
        return int(self.ticks[index])
