"""When each frame is shown: recorded ticks, never index divided by frame rate."""

from dataclasses import dataclass
from fractions import Fraction

import numpy as np

from labeling.domain.errors import InvalidInput


@dataclass(frozen=True, eq=False)
class Timebase:
    """Presentation times of a video.

    Args:
        time_base: seconds per tick as (numerator, denominator).
        ticks: (F,) int64, strictly increasing presentation time of each frame in ticks.
        end_tick: when the last frame stops being shown, > ticks[-1].

    Raises:
        InvalidInput: no frames, or ticks that do not increase.
    """

    time_base: tuple[int, int]
    ticks: np.ndarray
    end_tick: int

    def __post_init__(self) -> None:
        object.__setattr__(self, "ticks", np.asarray(self.ticks, dtype=np.int64))
        if self.ticks.ndim != 1 or self.ticks.size == 0:
            raise InvalidInput("A video needs at least one frame with a presentation time.")
        if self.ticks.size > 1 and int(np.diff(self.ticks).min()) <= 0:
            raise InvalidInput("Presentation times must increase from frame to frame.")
        if self.end_tick <= int(self.ticks[-1]):
            raise InvalidInput("A video must end after its last frame begins.")
        if self.time_base[0] <= 0 or self.time_base[1] <= 0:
            raise InvalidInput(f"A time base must be a positive fraction, got {self.time_base}.")

    @property
    def frame_count(self) -> int:
        return int(self.ticks.size)

    @property
    def second(self) -> Fraction:
        """Ticks to seconds: multiply by this."""
        return Fraction(*self.time_base)

    @property
    def duration_s(self) -> float:
        """From the first frame's begin to the last frame's end, in seconds."""
        return float((self.end_tick - int(self.ticks[0])) * self.second)

    @property
    def fps(self) -> Fraction:
        """Average frames per second, exact."""
        return self.frame_count / ((self.end_tick - int(self.ticks[0])) * self.second)

    def tick(self, frame: int) -> int:
        """Tick at which `frame` begins; `frame == frame_count` gives the end of the video."""
        if frame == self.frame_count:
            return self.end_tick
        if not 0 <= frame < self.frame_count:
            raise InvalidInput(
                f"Frame {frame} is outside the video, which has frames 0 to {self.frame_count - 1}."
            )
        return int(self.ticks[frame])

    def time_s(self, frame: int) -> float:
        """Seconds from the first frame's begin to the begin of `frame`."""
        return float((self.tick(frame) - int(self.ticks[0])) * self.second)

    def middle_s(self, frame: int) -> float:
        """Seconds from the first frame's begin to the middle of the time `frame` is shown."""
        middle = Fraction(self.tick(frame) + self.tick(frame + 1), 2)
        return float((middle - int(self.ticks[0])) * self.second)

    def frame_at(self, time_s: float) -> int:
        """The frame shown at `time_s` seconds after the first frame's begin, clamped."""
        num, den = self.time_base
        about = time_s * den / num + float(self.ticks[0])
        place = int(np.searchsorted(self.ticks, about, side="right"))
        if not self._is_close(about, place):
            return min(max(place - 1, 0), self.frame_count - 1)
        # Within rounding of a frame's begin: only exact numbers tell on which side.
        tick = Fraction(time_s).limit_denominator(10**9) / self.second + int(self.ticks[0])
        index = int(np.searchsorted(self.ticks, float(tick), side="right")) - 1
        return min(max(index, 0), self.frame_count - 1)

    def _is_close(self, about: float, place: int) -> bool:
        """Whether a tick lies nearer to a frame's begin than its rounding; `place`: the next's."""
        num, den = self.time_base
        doubt = 4e-9 * den / num + 1e-12 * abs(about) + 1e-6
        before = place > 0 and about - float(self.ticks[place - 1]) <= doubt
        after = place < self.frame_count and float(self.ticks[place]) - about <= doubt
        return before or after
