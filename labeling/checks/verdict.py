"""What a person's work says about a planted proposal: was it noticed? No database."""

from dataclasses import dataclass

from labeling.domain.annotations import Annotations
from labeling.domain.box import iou
from labeling.domain.span import Span
from labeling.domain.state import State
from labeling.domain.tube import Tube
from labeling.models.planted import PlantedAnswer
from labeling.planted import Family

# A box that was moved so far that it overlaps less was seen to be wrong.
MOVED_IOU = 0.5


@dataclass(frozen=True, slots=True)
class Verdict:
    """What is said, and how it came about: "rejected", "moved", "accepted", "merged"…"""

    answer: str
    how: str


CAUGHT, MISSED, WITHDRAWN = PlantedAnswer.CAUGHT, PlantedAnswer.MISSED, PlantedAnswer.WITHDRAWN


def verdict(family: Family, now: Annotations) -> Verdict | None:
    """What became of a planted proposal; None while nobody has decided it."""
    return _of_tube(family, now) if isinstance(family.was, Tube) else _of_span(family, now)


def _of_tube(family: Family, now: Annotations) -> Verdict | None:
    alive = [now.tubes[tube_id] for tube_id in family.tubes if tube_id in now.tubes]
    root = now.tubes.get(family.root)
    if family.mixed(now) or (root is None and family.fate.get(family.root) == "merged"):
        return Verdict(MISSED, "merged")
    if root is not None and root.state is State.PROPOSED:
        return None
    if root is None and family.root not in family.fate:
        return Verdict(WITHDRAWN, "gone")
    if not any(tube.is_confirmed for tube in alive):
        return Verdict(CAUGHT, "rejected")
    if any(_was_moved(tube, family.was) for tube in alive):
        return Verdict(CAUGHT, "moved")
    return Verdict(MISSED, "accepted")


def _was_moved(tube: Tube, was: Tube | Span) -> bool:
    """Whether some box was put elsewhere than where it was planted."""
    assert isinstance(was, Tube)
    for keyframe in tube.keyframes:
        planted = was.box_at(keyframe.frame)
        if planted is not None and iou(keyframe.box, planted) < MOVED_IOU:
            return True
    return False


def _of_span(family: Family, now: Annotations) -> Verdict | None:
    was, span = family.was, now.spans.get(family.root)
    assert isinstance(was, Span)
    if family.fate.get(family.root) == "relabeled":
        # A label that it was merged into may well happen there.
        return Verdict(WITHDRAWN, "changed")
    if span is None:
        removed = family.fate.get(family.root) == "removed"
        return Verdict(CAUGHT, "rejected") if removed else Verdict(WITHDRAWN, "gone")
    if span.state is State.PROPOSED:
        tube = now.tubes.get(str(span.tube_id))
        as_planted = (span.tube_id, span.start_frame, span.end_frame) == (
            was.tube_id, was.start_frame, was.end_frame,
        )  # fmt: skip
        # On another tube, or on half of one, nobody knows whether it is wrong.
        known_wrong = as_planted and tube is not None and tube.is_confirmed
        return None if known_wrong else Verdict(WITHDRAWN, "changed")
    if span.state is State.REJECTED:
        return Verdict(CAUGHT, "rejected")
    if span.label_id != was.label_id:
        return Verdict(CAUGHT, "moved")
    return Verdict(MISSED, "accepted")
