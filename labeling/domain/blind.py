"""Hold-out videos are annotated blind: what nobody has decided on is not there for people.

A proposal that is seen is agreed with too easily, and a hold-out that leans toward a model cannot
measure it. So people see, and can touch, only what people made or decided on.
"""

from collections.abc import Iterable, Iterator
from dataclasses import replace
from typing import Any

from labeling.domain.annotations import Annotations, Change
from labeling.domain.span import Coverage, Span
from labeling.domain.state import State
from labeling.domain.tube import Tube

HOLD_OUT = "hold-out"
# The project's setting; true unless it says otherwise.
SETTING = "hold_out_blind"


def is_blind(split: str, settings: dict[str, Any]) -> bool:
    """Whether proposals are hidden on a video of this split."""
    return split == HOLD_OUT and settings.get(SETTING, True) is not False


def visible(annotations: Annotations) -> Annotations:
    """Without undecided proposals and what hangs on them."""
    tubes = {i: tube for i, tube in annotations.tubes.items() if tube.state is not State.PROPOSED}

    def stays(item: Span | Coverage) -> bool:
        undecided = isinstance(item, Span) and item.state is State.PROPOSED
        return not undecided and (item.tube_id is None or item.tube_id in tubes)

    return replace(
        annotations,
        tubes=tubes,
        spans={i: span for i, span in annotations.spans.items() if stays(span)},
        coverage={i: one for i, one in annotations.coverage.items() if stays(one)},
    )


def beneath(before: Annotations, changes: Iterable[Change]) -> list[Change]:
    """What changes made by somebody who saw `visible(before)` do to all of it.

    An id that they could not know of is written over, not added twice. What is hidden on a tube
    goes with it, and is cut where the tube is.
    """
    made = [
        change if change.before else replace(change, before=before.get(change.kind, change.id))
        for change in changes
    ]
    touched = {change.id for change in made}
    following = [
        follower
        for change in made
        if isinstance(change.before, Tube)
        for follower in _following(before, change.before, change.after)
        if follower.id not in touched
    ]
    return [*made, *following]


def _following(before: Annotations, tube: Tube, after: Any) -> Iterator[Change]:
    for kind, items in (
        ("span", before.spans_of(tube.id)),
        ("coverage", before.coverage_of(tube.id)),
    ):
        for item in items:
            left = item.clipped(after.start_frame, after.end_frame) if after else None
            if left != item:
                yield Change(kind, item.id, item, left)  # type: ignore[arg-type]
