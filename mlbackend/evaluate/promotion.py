"""Does a candidate take the champion's place? A rule, and its reason in a sentence.

The measurements behind the rule: demanding that the lower bound be above 0 starves the loop of
better models, promoting always ships regressions; a mean of at least 0 with a lower bound above
-2 points did neither. A hold-out too small to tell decides nothing: then a person may.
"""

from dataclasses import dataclass
from enum import StrEnum

from labeling.domain.hold_out import FEWEST_ITEMS, FEWEST_VIDEOS
from mlbackend.evaluate.classification import Report
from mlbackend.evaluate.compare import Difference

# What the 5 % lower bound of the difference in macro F1 must exceed.
LOWER_BOUND = -0.02
# A class that this many hold-out tubes show must not lose more than `LARGEST_DROP` of its F1.
# Tubes are counted, not windows: the windows of one tube stand or fall together.
COMMON_CLASS = 20
LARGEST_DROP = 0.05
# What is asked of each unit that is held out.
WHAT = {"tube": "action", "stretch": "segment"}


class Verdict(StrEnum):
    """What the rule says of a candidate."""

    PROMOTED = "promoted"
    KEPT = "kept"  # measured, and not used
    UNDECIDED = "undecided"  # there is too little to tell by


@dataclass(frozen=True)
class Decision:
    """What the rule says, and why; only "promoted" puts the candidate to use."""

    verdict: Verdict
    reason: str

    @property
    def promoted(self) -> bool:
        """Whether the candidate takes the champion's place."""
        return self.verdict is Verdict.PROMOTED

    @property
    def name(self) -> str:
        """The word shown and stored."""
        return self.verdict.value


@dataclass(frozen=True)
class Measured:
    """What a candidate was measured on.

    Attributes:
        items: reviewed tubes, or stretches, of the hold-out.
        videos: hold-out videos they are of; None where tubes of the training videos are reserved.
        unit: what an item is called.
        shown: classes compared on that some item shows; without one F1 is 0 whatever is said.
    """

    items: int
    videos: int | None = None
    unit: str = "tube"
    shown: int = 1

    @property
    def shortage(self) -> str:
        """Why this is too small a hold-out, and what to do; empty where it is not."""
        few_videos = self.videos is not None and self.videos < FEWEST_VIDEOS
        if self.items >= FEWEST_ITEMS and not few_videos:
            return "" if self.shown else self._unseen
        if self.videos is None:
            return (
                f"{_only(self.items, self.unit)} reserved to measure on "
                f"{'is' if self.items < 2 else 'are'} reviewed, at least {FEWEST_ITEMS} are "
                f"needed. Review more {many(self.unit)}, or draw hold-out videos and annotate them"
            )
        return (
            f"the hold-out has {_number(self.items, self.unit)} of "
            f"{_number(self.videos, 'video')} reviewed, at least {FEWEST_ITEMS} "
            f"{many(self.unit)} of {FEWEST_VIDEOS} videos are needed. "
            f"{'Draw and annotate' if few_videos else 'Annotate'} more hold-out videos"
        )

    @property
    def _unseen(self) -> str:
        return (
            f"none of the {many(self.unit)} held out shows any {WHAT[self.unit]} compared on. "
            "Annotate hold-out videos that do"
        )


def decide_first(candidate: Report, trivial_f1: float, on: Measured) -> Decision:
    """No champion yet: is the candidate better than answering without looking?

    Args:
        candidate: its figures on the hold-out.
        trivial_f1: macro F1 of saying every class everywhere.
        on: what they were measured on.
    """
    if on.shortage:
        return _undecided("Not put to use by itself", on.shortage)
    f1, unit = candidate.macro.f1, on.unit
    figures = f"macro F1 {f1:.2f} on {on.items} {many(unit)}"
    trivial = f"the {trivial_f1:.2f} of answering every {WHAT[unit]} everywhere"
    if f1 > trivial_f1:
        return Decision(Verdict.PROMOTED, f"First model: {figures} beats {trivial}.")
    return Decision(
        Verdict.KEPT,
        f"Not used: {figures} does not beat {trivial}. Review more {many(unit)} of every "
        f"{WHAT[unit]}.",
    )


def decide_next(
    candidate: Report,
    champion: Report,
    difference: Difference | None,
    on: Measured,
    names: tuple[str, ...],
    shown_by: tuple[int, ...],
) -> Decision:
    """Compare with the champion on the same items and the classes both know.

    Args:
        candidate, champion: figures on the same rows and classes.
        difference: of macro F1, by paired bootstrap; None when there is nothing to draw from.
        on: what they were measured on.
        names: of the classes, in the order of the reports.
        shown_by: how many tubes show each class.
    """
    if on.shortage or difference is None:
        return _undecided("The champion stays", on.shortage or "nothing was measured")
    figures = (
        f"macro F1 {candidate.macro.f1:.2f} against the champion's {champion.macro.f1:.2f} on "
        f"{on.items} {many(on.unit)}{_of_videos(on)} "
        f"({difference.mean:+.2f}, 5 % lower bound {difference.lower:+.2f})"
    )
    if difference.mean < 0:
        return Decision(Verdict.KEPT, f"The champion stays: {figures}.")
    if difference.lower <= LOWER_BOUND:
        return Decision(
            Verdict.KEPT,
            f"The champion stays: {figures}; the lower bound must be above {LOWER_BOUND:+.2f}.",
        )
    fallen = _fallen(candidate, champion, names, shown_by)
    if fallen:
        return Decision(Verdict.KEPT, f"The champion stays: {figures}, but {fallen}.")
    return Decision(Verdict.PROMOTED, f"Promoted: {figures}.")


def decide_unlike(changed: tuple[str, ...], unit: str = "tube") -> Decision:
    """The champion and the candidate share no label of one meaning: nothing can be compared.

    Args:
        changed: names of the labels both have, whose meaning changed in between.
    """
    why = f"the meaning of {', '.join(changed)} changed" if changed else "they have none in common"
    return _undecided(
        "The champion stays",
        f"it and the new model share no {WHAT[unit]} to be compared on ({why})",
    )


def many(unit: str) -> str:
    """The plural of a unit."""
    return f"{unit}es" if unit.endswith("ch") else f"{unit}s"


def _undecided(what: str, why: str) -> Decision:
    return Decision(
        Verdict.UNDECIDED, f"{what}: {why}; or a person looks and puts it to use with Promote."
    )


def _number(n: int, unit: str) -> str:
    return f"{n or 'no'} {unit if n == 1 else many(unit)}"


def _only(n: int, unit: str) -> str:
    return f"only {_number(n, unit)}" if n else f"no {unit}"


def _of_videos(on: Measured) -> str:
    return f" of {on.videos} videos" if on.videos is not None else ""


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
