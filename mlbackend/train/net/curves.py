"""The curves of a training, an entry an epoch, and how long it still takes."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import asdict, dataclass
from typing import Any

# Told the share of the training done, what is being done, and the curves so far.
Report = Callable[[float, str, list[dict[str, Any]]], None]


@dataclass(frozen=True, slots=True)
class Epoch:
    """What an epoch gave; `val_` figures are None where no tube was kept apart."""

    epoch: int
    loss: float
    val_loss: float | None
    val_f1: float | None
    lr: float
    seconds: float
    clips_per_s: float
    note: str = ""

    def as_dict(self) -> dict[str, Any]:
        return {k: round(v, 6) if isinstance(v, float) else v for k, v in asdict(self).items()}


class Clock:
    """Tells how long the rest of a training takes, from what it took until now."""

    def __init__(self, done: int, all_steps: int) -> None:
        self._begun_s = time.monotonic()
        self._done, self._all = done, all_steps

    def left(self, step: int) -> str:
        """ "about 3 min left"; empty until there is something to go by."""
        since = step - self._done
        if since < 2:
            return ""
        seconds = (time.monotonic() - self._begun_s) / since * (self._all - step)
        return f"about {duration(seconds)} left"


def duration(seconds: float) -> str:
    """A length of time in the unit a person would use."""
    if seconds < 90:
        return f"{max(1, round(seconds))} s"
    if seconds < 90 * 60:
        return f"{round(seconds / 60)} min"
    return f"{seconds / 3600:.1f} h"
