"""Which frame an AVA timestamp means in a video, by its recorded times."""

from collections.abc import Iterator
from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction
from math import ceil

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
        (up, down), (start, parts) = (
            self.rate_hz.as_integer_ratio(),
            self.start_s.as_integer_ratio(),
        )
        num, den = self.timebase.time_base
        bottom = up * parts * num
        offset = int(self.timebase.ticks[0]) * bottom - start * up * den
        first, end = self.start_s * self.rate_hz, (self.start_s + self.duration_s) * self.rate_hz
        # Thousands a video: in whole numbers, over one denominator.
        for step in range(ceil(first), ceil(end)):
            top = step * down * parts * den + offset
            exact_s = step if up == down else Fraction(step * down, up)
            yield self._timestamp(exact_s), self._nearest(top, bottom)

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
        return self._nearest(*self._tick(time_s))

    def _nearest(self, top: int, bottom: int) -> int:
        ticks = self.timebase.ticks
        after = self._first_from(top, bottom)
        if after == 0:
            return 0
        if after == self.timebase.frame_count:
            return after - 1
        either_side = int(ticks[after - 1]) + int(ticks[after])
        return after if either_side * bottom < 2 * top else after - 1

    def first_from(self, time_s: Fraction) -> int:
        """The first frame that begins at or after a time; frame_count if none does."""
        return self._first_from(*self._tick(time_s))

    def _first_from(self, top: int, bottom: int) -> int:
        ceiling = -(-top // bottom)
        # Beyond every tick, but still a number that the array's type holds.
        ceiling = min(max(ceiling, -(2**62)), self.timebase.end_tick)
        return int(self.timebase.ticks.searchsorted(ceiling))

    def _tick(self, time_s: Fraction) -> tuple[int, int]:
        """The tick at a time, as numerator and denominator: whole numbers are fast and exact."""
        second, first = self.timebase.time_base, int(self.timebase.ticks[0])
        bottom = time_s.denominator * second[0]
        return time_s.numerator * second[1] + first * bottom, bottom

    def _timestamp(self, exact_s: Fraction | int) -> Decimal:
        if exact_s.denominator == 1:
            return Decimal(exact_s.numerator)
        return Decimal(round(exact_s * _MICROSECOND)) / _MICROSECOND
