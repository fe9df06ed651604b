"""Does a candidate take the champion's place? A rule, and its reason in a sentence.

The measurements behind the rule: demanding that the lower bound be above 0 starves the loop of
better models, promoting always ships regressions; a mean of at least 0 with a lower bound above
-2 points did neither.
"""

from dataclasses import dataclass

from mlbackend.evaluate.classification import Report
from mlbackend.evaluate.compare import Difference

# Below this many hold-out tubes a comparison says little.
FEWEST_ITEMS = 8
# What the 5 % lower bound of the difference in macro F1 must exceed.
LOWER_BOUND = -0.02
# A class that this many hold-out tubes show must not lose more than `LARGEST_DROP` of its F1.
# Tubes are counted, not windows: the windows of one tube stand or fall together.
COMMON_CLASS = 20
LARGEST_DROP = 0.05
# What is asked of each unit that is held out.
WHAT = {"tube": "action", "stretch": "segment"}


@dataclass(frozen=True)
class Decision:
    """ "promoted" or "kept" (the candidate is not used), and why."""

    promoted: bool
    reason: str

    @property
    def name(self) -> str:
        """The word shown and stored."""
        return "promoted" if self.promoted else "kept"


def decide_first(candidate: Report, trivial_f1: float, items: int, unit: str = "tube") -> Decision:
    """No champion yet: is the candidate better than answering without looking?

    Args:
        candidate: its figures on the hold-out.
        trivial_f1: macro F1 of saying every class everywhere.
        items: tubes in the hold-out. unit: what one is called.
    """
    if items < FEWEST_ITEMS:
        return Decision(
            True,
            f"First model, promoted unmeasured: {_few(items, unit)} Review more "
            f"{many(unit)} to trust it.",
        )
    f1 = candidate.macro.f1
    if f1 > trivial_f1:
        return Decision(
            True,
            f"First model: macro F1 {f1:.2f} on {items} {many(unit)} beats the {trivial_f1:.2f} "
            f"of answering every {WHAT[unit]} everywhere.",
        )
    return Decision(
        False,
        f"Not used: macro F1 {f1:.2f} on {items} {many(unit)} does not beat the {trivial_f1:.2f} "
        f"of answering every {WHAT[unit]} everywhere. Review more {many(unit)} of every "
        f"{WHAT[unit]}.",
    )


def decide_next(
    candidate: Report,
    champion: Report,
    difference: Difference | None,
    items: int,
    names: tuple[str, ...],
    shown_by: tuple[int, ...],
    unit: str = "tube",
) -> Decision:
    """Compare with the champion on the same items and the classes both know.

    Args:
        candidate, champion: figures on the same rows and classes.
        difference: of macro F1, by paired bootstrap; None when there is nothing to draw from.
        items: tubes in the hold-out. unit: what one is called.
        names: of the classes, in the order of the reports.
        shown_by: how many tubes show each class.
    """
    if items < FEWEST_ITEMS or difference is None:
        return Decision(
            False,
            f"The champion stays: {_few(items, unit)} Review hold-out {many(unit)} first.",
        )
    figures = (
        f"macro F1 {candidate.macro.f1:.2f} against the champion's {champion.macro.f1:.2f} on "
        f"{items} {many(unit)} ({difference.mean:+.2f}, 5 % lower bound {difference.lower:+.2f})"
    )
    if difference.mean < 0:
        return Decision(False, f"The champion stays: {figures}.")
    if difference.lower <= LOWER_BOUND:
        return Decision(
            False,
            f"The champion stays: {figures}; the lower bound must be above {LOWER_BOUND:+.2f}.",
        )
    fallen = _fallen(candidate, champion, names, shown_by)
    if fallen:
        return Decision(False, f"The champion stays: {figures}, but {fallen}.")
    return Decision(True, f"Promoted: {figures}.")


def many(unit: str) -> str:
    """The plural of a unit."""
    return f"{unit}es" if unit.endswith("ch") else f"{unit}s"


def _few(items: int, unit: str) -> str:
    found = f"only {items} {unit if items == 1 else many(unit)}" if items else f"no {unit}"
    verb = "are" if items > 1 else "is"
    return (
        f"{found} of the hold-out {verb} reviewed, at least {FEWEST_ITEMS} are needed to compare."
    )


def _fallen(
    candidate: Report, champion: Report, names: tuple[str, ...], shown_by: tuple[int, ...]
) -> str:
    """The common class that lost most, in words; empty when none lost too much."""
    drops = [
        (old.f1 - new.f1, name)
        for name, new, old, tubes in zip(
            names, candidate.per_class, champion.per_class, shown_by, strict=True
        )
        if tubes >= COMMON_CLASS
    ]
    drop, name = max(drops, default=(0.0, ""))
    return f"{name} falls by {drop:.2f}" if drop > LARGEST_DROP else ""
