"""How each class is doing, and what to do about it: a status by rules, the first that holds."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from mlbackend.train.dataset import FEWEST_WINDOWS

# Fewer tubes that show it teach little; uncertainty about it means little too.
FEWEST_TUBES = 5
# F1 of the newest round this far below its best of the rounds before, and below the interval then.
FALL = 0.05
# Probabilities this far off on average, measured on at least so many windows.
WORST_ECE, CALIBRATION_WINDOWS = 0.15, 50


@dataclass(frozen=True)
class ClassFigures:
    """A class as the newest round found it; windows unless it says tubes.

    Attributes:
        known: whether that round's schema had the class.
        trend: F1 of the rounds, oldest first, without those that could not measure it.
        f1_high: upper end of the newest F1's interval.
    """

    known: bool = False
    train_yes: int = 0
    train_no: int = 0
    train_tubes: int = 0
    hold_out_yes: int = 0
    hold_out_no: int = 0
    f1_high: float | None = None
    ece: float | None = None
    trend: tuple[float, ...] = ()


def status_of(found: ClassFigures) -> tuple[str, str]:
    """The status of a class and what to do, empty where all is well."""
    for says in (_never_seen, _few, _one_sided, _not_measured, _falling, _off):
        status = says(found)
        if status is not None:
            return status
    return "ok", ""


def _never_seen(found: ClassFigures) -> tuple[str, str] | None:
    if not found.known:
        return "never seen", "No round has learned it yet: it is new, or there was no round."
    if not found.train_yes:
        return "never seen", (
            "No reviewed tube of a training video shows it. Mark it where it happens: items "
            "'never seen' in the queue look for it."
        )
    return None


def _few(found: ClassFigures) -> tuple[str, str] | None:
    if found.train_tubes >= FEWEST_TUBES:
        return None
    return "few examples", (
        f"Learned from {_tubes(found.train_tubes)} it; from {FEWEST_TUBES} on it is asked about "
        "like the others. Look for more."
    )


def _tubes(count: int) -> str:
    return "1 tube that shows" if count == 1 else f"{count} tubes that show"


def _one_sided(found: ClassFigures) -> tuple[str, str] | None:
    if found.train_no >= FEWEST_WINDOWS:
        return None
    return "one-sided", (
        "Nobody has said where it is not. Review tubes without it, and cover them for this action."
    )


def _not_measured(found: ClassFigures) -> tuple[str, str] | None:
    if found.hold_out_yes:
        return None
    return "not in hold-out", (
        "How good it is is not known: nothing that is held out shows it. Draw and annotate more "
        "hold-out videos."
    )


def _falling(found: ClassFigures) -> tuple[str, str] | None:
    if len(found.trend) < 2:
        return None
    now, best = found.trend[-1], max(found.trend[:-1])
    beyond = found.f1_high is None or best > found.f1_high
    if best - now <= FALL or not beyond:
        return None
    return "falling", (
        f"F1 {now:.2f}, after {best:.2f} at best. Look at what the newest model lost, and at the "
        "newest labels of it: they may disagree with the older ones."
    )


def _off(found: ClassFigures) -> tuple[str, str] | None:
    windows = found.hold_out_yes + found.hold_out_no
    if found.ece is None or found.ece <= WORST_ECE or windows < CALIBRATION_WINDOWS:
        return None
    return "poorly calibrated", (
        f"Its probabilities are off by {found.ece:.2f} on average: rank by them, and accept none "
        "unseen. More labels of it mend this."
    )


def trend_of(values: Sequence[float | None]) -> tuple[float, ...]:
    """Figures without the rounds that had none."""
    return tuple(value for value in values if value is not None)
