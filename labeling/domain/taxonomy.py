"""The words a project uses: labels and what they can be put on."""

import re
from dataclasses import dataclass
from enum import StrEnum

from labeling.domain.errors import InvalidInput


class LabelKind(StrEnum):
    """What a label can be put on."""

    OBJECT = "object"  # a tube: what the actor is
    ACTION = "action"  # a span on a tube: what the actor does
    SEGMENT = "segment"  # a span on the video
    VIDEO_CLASS = "video_class"  # all of a video


@dataclass(frozen=True, slots=True)
class LabelValue:
    """One label of a project.

    Args:
        id: the project-wide number of the label.
        kind: what it can be put on.
        name: as people read it, not empty.
        color: `#rrggbb`.
        hotkey: one character, or empty.
        ava_id: number in AVA's action list, 1 or more; None if it has none.
        ava_group: AVA's label type such as PERSON_MOVEMENT, or empty.
        position: order in lists.
        is_retired: kept for what it was put on, and not asked about any more.
    """

    id: int
    kind: LabelKind
    name: str
    color: str = "#4f9dff"
    hotkey: str = ""
    ava_id: int | None = None
    ava_group: str = ""
    position: int = 0
    is_retired: bool = False

    def __post_init__(self) -> None:
        object.__setattr__(self, "kind", LabelKind(self.kind))
        if not self.name.strip():
            raise InvalidInput("A label needs a name.")
        if not re.fullmatch(r"#[0-9a-fA-F]{6}", self.color):
            raise InvalidInput(f"A color is written #rrggbb, got {self.color!r}.")
        if len(self.hotkey) > 1:
            raise InvalidInput(f"A hotkey is one character, got {self.hotkey!r}.")
        if self.ava_id is not None and self.ava_id < 1:
            raise InvalidInput(f"AVA ids count from 1, got {self.ava_id} for {self.name!r}.")

    def as_dict(self) -> dict:
        # Said of retired labels alone, so that snapshots of other projects keep their hash.
        retired = {"is_retired": True} if self.is_retired else {}
        return {
            **retired,
            "id": self.id,
            "kind": str(self.kind),
            "name": self.name,
            "color": self.color,
            "hotkey": self.hotkey,
            "ava_id": self.ava_id,
            "ava_group": self.ava_group,
            "position": self.position,
        }
