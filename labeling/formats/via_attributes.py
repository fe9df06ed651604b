"""What VIA's attributes say of a region; the rule stands in `via`."""

import re
from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any

_TRACK = re.compile(
    r"(track|tube|person|object|instance)[ _-]*(id|number|no|nr)?|id", re.IGNORECASE
)
_WHOLE = re.compile(r"\d{1,15}(\.0+)?")
_ACTIONS = {"action", "actions", "activity", "activities"}
_STATES = {"occluded", "outside"}
# What VIA 3 writes for a value that nobody chose.
_UNSET = {"", "_DEFAULT"}


def track_number(name: str, values: Iterable[str]) -> int | None:
    """The number of a tube, if this attribute is one."""
    listed = list(values)
    if len(listed) != 1 or not _TRACK.fullmatch(name.strip()):
        return None
    return int(float(listed[0])) if _WHOLE.fullmatch(listed[0].strip()) else None


def said_values(values: Iterable[str]) -> list[str]:
    """Values that say something."""
    return [value.strip() for value in values if value.strip() not in _UNSET]


def ticked(value: Any) -> list[str] | None:
    """Options of a VIA 2 checkbox that are ticked; None if it is no checkbox."""
    if not isinstance(value, dict):
        return None
    return [option for option, is_on in value.items() if is_on in (True, "true", "1", 1)]


@dataclass(slots=True)
class Said:
    """What the attributes of one region say, taken one by one."""

    label: str = ""
    number: int | None = None
    actions: set[str] = field(default_factory=set)
    states: set[str] = field(default_factory=set)
    left_out: list[str] = field(default_factory=list)

    def take(self, name: str, values: Iterable[str], is_choice_of_many: bool) -> None:
        found = said_values(values)
        number = track_number(name, found)
        if number is not None:
            self.number = number
        elif name.strip().lower() == "state" and set(found) <= _STATES:
            self.states.update(found)
        elif is_choice_of_many or name.strip().lower() in _ACTIONS:
            self.actions.update(found)
        elif found and not self.label:
            self.label = found[0]
        elif found:
            self.left_out.append(f"A region's second label, '{name}', is left out.")
