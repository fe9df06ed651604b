"""Is it time to stop labeling? Advice from three signs that must all hold; a person decides.

Kappa alone fires when learning is merely slow: with randomly chosen labels it did at 97 % of what
could be had. So the hold-out must be flat too, and people must agree with what is proposed.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from mlbackend.evaluate.compare import Difference

ROUNDS = 3
KAPPA = 0.99
# Windows nobody labeled, on which successive champions are compared.
FEWEST_WINDOWS = 500
# Of the proposals drawn by chance so many must be accepted as they are, of at least so many shown.
ACCEPTANCE, FEWEST_SHOWN = 0.9, 30


@dataclass(frozen=True)
class Sign:
    """One sign: whether it holds, its value, and a sentence about it."""

    what: str
    met: bool
    value: float | None
    note: str


@dataclass(frozen=True)
class Advice:
    """Whether to stop, and why or why not."""

    advised: bool
    reasons: tuple[Sign, ...]


@dataclass(frozen=True)
class Agreement:
    """Mean kappa of a champion with the one before, and on how many windows."""

    kappa: float | None
    windows: int


def advise(
    agreements: Sequence[Agreement], gain: Difference | None, shown: int, accepted: int
) -> Advice:
    """Weigh the three signs.

    Args:
        agreements: of successive champions, oldest first.
        gain: of macro F1 on one hold-out, the champion against the one three champions ago.
        shown, accepted: proposals of the random slice that people decided on, and accepted as
            they were.
    """
    reasons = (_agreed(agreements), _flat(gain), _accepted(shown, accepted))
    return Advice(all(sign.met for sign in reasons), reasons)


def _agreed(agreements: Sequence[Agreement]) -> Sign:
    what = f"Champions agree (kappa of {KAPPA} over {ROUNDS} rounds)"
    last = list(agreements)[-ROUNDS:]
    known = [each.kappa for each in last if each.kappa is not None]
    if len(known) < ROUNDS:
        return Sign(
            what,
            False,
            known[-1] if known else None,
            (
                f"{len(known)} of the last champions could be compared with the one before; "
                f"{ROUNDS} are needed."
            ),
        )
    least = min(known)
    few = min(each.windows for each in last)
    if few < FEWEST_WINDOWS:
        return Sign(
            what,
            False,
            least,
            (
                f"Lowest of {ROUNDS}: {least:.3f}, but on {few} windows nobody labeled only; "
                f"{FEWEST_WINDOWS} are needed."
            ),
        )
    return Sign(what, least >= KAPPA, least, f"Lowest of {ROUNDS}: {least:.3f}.")


def _flat(gain: Difference | None) -> Sign:
    what = f"The hold-out is flat over {ROUNDS} rounds"
    if gain is None:
        return Sign(what, False, None, f"There are no {ROUNDS} earlier champions to compare with.")
    met = gain.lower <= 0.0
    words = "could be chance" if met else "is more than chance"
    return Sign(
        what,
        met,
        gain.mean,
        (
            f"Macro F1 {gain.mean:+.3f} against {ROUNDS} champions ago; a 5 % lower bound of "
            f"{gain.lower:+.3f} says that the gain {words}."
        ),
    )


def _accepted(shown: int, accepted: int) -> Sign:
    what = f"Proposals drawn by chance are accepted ({ACCEPTANCE:.0%})"
    if shown < FEWEST_SHOWN:
        return Sign(
            what,
            False,
            accepted / shown if shown else None,
            (f"{shown} were decided on; {FEWEST_SHOWN} are needed."),
        )
    share = accepted / shown
    return Sign(
        what, share >= ACCEPTANCE, share, f"{accepted} of {shown} were accepted as they were."
    )
