"""Which part of a snapshot's video an export is about."""

from bisect import bisect_right
from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from labeling.domain.ranges import difference, union
from labeling.domain.state import CONFIRMED, State
from labeling.domain.tube import Tube

FrameRange = tuple[int, int]  # [start, end)


class Which(StrEnum):
    """Whose word is written."""

    REVIEWED = "reviewed"  # what a person confirmed
    PROPOSED = "proposed"  # what nobody has decided on
    ALL = "all"  # both


@dataclass(frozen=True, slots=True)
class Choice:
    """What of a video is wanted.

    Args:
        which: whose word.
        label_ids: labels that are wanted; empty: every one. A tube is wanted for its own label or
            for an action on it.
        changed_since: only what a later revision touched; 0: everything.
    """

    which: Which = Which.REVIEWED
    label_ids: frozenset[int] = frozenset()
    changed_since: int = 0

    def labels(self, item: dict[str, Any]) -> bool:
        """Whether a tube's or span's own label is wanted."""
        return not self.label_ids or item["label_id"] in self.label_ids


def by_label(video: dict[str, Any], choice: Choice) -> dict[str, Any]:
    """The video with the tubes and spans of the wanted labels and time, whatever their state.

    Who changed a tube changed all that happens on it.
    """
    changed = {tube["id"] for tube in video["tubes"] if _is_new(tube, choice)}
    spans = [
        span
        for span in video["spans"]
        if choice.labels(span) and (span["tube_id"] in changed or _is_new(span, choice))
    ]
    carriers = {span["tube_id"] for span in spans}
    tubes = [
        tube
        for tube in video["tubes"]
        if tube["id"] in carriers or (tube["id"] in changed and choice.labels(tube))
    ]
    return video | {"tubes": tubes, "spans": spans}


def chosen(video: dict[str, Any], choice: Choice) -> dict[str, Any]:
    """The video with what is wanted of it alone.

    A span counts with its tube: on a rejected tube nothing happens, and what is on a proposed
    tube is no person's word. A span that counts keeps the tube it is on.
    """
    video = by_label(video, choice)
    states = {tube["id"]: State(tube["state"]) for tube in video["tubes"]}
    spans = [span for span in video["spans"] if _span_counts(span, states, choice.which)]
    carriers = {span["tube_id"] for span in spans}
    tubes = [
        tube
        for tube in video["tubes"]
        if tube["id"] in carriers
        or (
            _counts(states[tube["id"]], choice.which)
            and choice.labels(tube)
            and _is_new(tube, choice)
        )
    ]
    return video | {"tubes": tubes, "spans": spans}


def covered(coverage: Iterable[dict[str, Any]]) -> list[FrameRange]:
    """The frame ranges that were reviewed as a whole."""
    return [(c["start_frame"], c["end_frame"]) for c in coverage if c["tube_id"] is None]


def undecided(video: dict[str, Any]) -> list[FrameRange]:
    """Where a proposal still waits for a person's word: whatever was said about the rest.

    On a video that is annotated blind no proposal waits: nobody sees it, and who covered a range
    had drawn everybody there.
    """
    if video.get("blind"):
        return []
    tubes = {data["id"]: Tube.of(data) for data in video["tubes"]}
    ranges = [
        (tube.start_frame, tube.end_frame)
        for tube in tubes.values()
        if tube.state is State.PROPOSED
    ]
    for span in video["spans"]:
        tube = tubes.get(span["tube_id"] or "")
        if span["state"] == State.PROPOSED and tube is not None and tube.is_confirmed:
            ranges.append((span["start_frame"], span["end_frame"]))
    return ranges


def not_reviewed(video: dict[str, Any], choice: Choice | None = None) -> list[FrameRange]:
    """Where somebody may be missing: not covered as a whole, or with an undecided proposal.

    An undecided action of a label that is not wanted leaves nothing open.

    Returns:
        Ranges in order, apart from each other.
    """
    wanted = choice or Choice()
    about = video | {"spans": [span for span in video["spans"] if wanted.labels(span)]}
    return union(
        [*difference([(0, video["frame_count"])], covered(video["coverage"])), *undecided(about)]
    )


def within(frame: int, ranges: list[FrameRange]) -> bool:
    """Whether one of the ranges, in order and apart, has the frame."""
    index = bisect_right(ranges, frame, key=lambda found: found[0]) - 1
    return index >= 0 and frame < ranges[index][1]


def _is_new(item: dict[str, Any], choice: Choice) -> bool:
    return item["revision"] > choice.changed_since or not choice.changed_since


def _counts(state: State, which: Which) -> bool:
    if which is Which.REVIEWED:
        return state in CONFIRMED
    if which is Which.PROPOSED:
        return state is State.PROPOSED
    return state is not State.REJECTED


def _span_counts(span: dict[str, Any], tubes: dict[str, State], which: Which) -> bool:
    carrier = tubes[span["tube_id"]] if span["tube_id"] else State.MANUAL
    if carrier is State.REJECTED or (which is Which.REVIEWED and carrier not in CONFIRMED):
        return False
    return _counts(State(span["state"]), which)
