"""The part of a snapshot that is measured: videos of the wanted splits, and labels by name."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path
from typing import Any

from labeling.domain.errors import InvalidInput
from labeling.domain.timebase import Timebase
from labeling.formats.ava_export import video_keys
from mlbackend.measure.said import Said

Progress = Callable[[float, str], None]


@dataclass(frozen=True)
class Measured:
    """What an evaluation works on.

    Args:
        labels: of the snapshot.
        videos: of the wanted splits, as in the snapshot.
        timebases: by video id; a video whose file is not here has none.
        evaluator: which published rules.
        predictions: a file, or None for what runs proposed.
        tell: takes a fraction 0..1 and what is being done; may raise to stop.
    """

    labels: Sequence[dict[str, Any]]
    videos: Sequence[dict[str, Any]]
    timebases: Mapping[str, Timebase]
    evaluator: str
    predictions: Path | None = None
    tell: Progress = lambda fraction, message: None
    notes: list[str] = field(default_factory=list)

    @cached_property
    def reviewed(self) -> list[Said]:
        """The videos with a range reviewed as a whole.

        Raises:
            InvalidInput: there is none.
        """
        found = [said for said in self.said if said.ranges]
        if not found:
            raise nothing(
                "no video of the chosen splits has a range that was reviewed as a whole. Review "
                "videos in the editor and mark what you have looked at"
            )
        if len(found) < len(self.said):
            self.notes.append(
                f"{len(self.said) - len(found)} of {len(self.said)} videos have no range reviewed "
                "as a whole and do not count."
            )
        return found

    @cached_property
    def said(self) -> list[Said]:
        """All videos whose times are known.

        Raises:
            InvalidInput: there is none.
        """
        known = [video for video in self.videos if video["id"] in self.timebases]
        found = []
        for index, video in enumerate(known):
            self.tell(0.4 * index / len(known), f"Reading {video['name']}.")
            found.append(Said(video))
        if not found:
            raise nothing("the chosen splits hold no video")
        return found

    def each(self) -> Iterator[Said]:
        """The reviewed videos one by one, telling how far it is."""
        for index, said in enumerate(self.reviewed):
            self.tell(0.4 + 0.5 * index / len(self.reviewed), f"Measuring {said.video['name']}.")
            yield said

    @cached_property
    def by_people(self) -> bool:
        """Whether people are measured: no action was ever proposed and decided about."""
        return not any(True for said in self.reviewed for _ in said.proposals())

    def labels_of(self, kind: str) -> dict[int, str]:
        """Names of the labels of a kind by id, in order of their ids."""
        return {x["id"]: x["name"] for x in self.labels if x["kind"] == kind}

    @cached_property
    def keys(self) -> dict[str, str]:
        """What files call the videos, by id: external id, or name without its ending."""
        return video_keys(said.video for said in self.said)

    def honest(self) -> list[str]:
        """What a reader of figures about proposals must know."""
        undecided = sum(said.undecided() for said in self.said)
        blind = sum(said.is_blind for said in self.said)
        agree = (
            "Measured against what people made of these very proposals: the boxes and times they "
            "left as proposed agree by construction."
        )
        apart = f"{blind} of {len(self.said)} videos are annotated without seeing proposals."
        notes = [
            *self.notes,
            *([apart] if blind else []),
            *([agree] if blind < len(self.said) else []),
            "Proposals that were replaced or removed, not rejected, are not known any more.",
        ]
        if undecided:
            notes.append(f"{undecided} proposed actions are undecided and do not count.")
        return notes


def nothing(reason: str) -> InvalidInput:
    return InvalidInput(f"There is nothing to measure: {reason}.", code="nothing_to_measure")
