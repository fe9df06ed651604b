"""What the labels of a file mean in the project."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from difflib import get_close_matches
from enum import StrEnum
from typing import Any

from labeling.domain.errors import InvalidInput
from labeling.domain.text import storable
from labeling.formats.ava_export import action_ids
from labeling.formats.dataset import FileLabel

# A label that is made only when the plan is carried out stands in it under a number below 0.
_PLACEHOLDER = -1
# What a label's name may have; the rest of a longer one is cut off.
LONGEST_NAME = 200


class Action(StrEnum):
    """What happens to a label of the file."""

    MATCH = "match"
    CREATE = "create"
    LEAVE_OUT = "leave out"
    UNKNOWN = "unknown"


@dataclass(frozen=True, slots=True)
class Used:
    """A label of a file: how often it occurs and where first.

    Args:
        named: the file, or a list beside it, gives the name; else the name is a number.
    """

    label: FileLabel
    count: int
    row: int = 0
    named: bool = True


@dataclass(slots=True)
class Meaning:
    """What one label of a file becomes: `name` is the project's."""

    used: Used
    action: Action
    label_id: int | None = None
    name: str | None = None
    suggestions: list[str] = field(default_factory=list)

    def as_dict(self) -> dict[str, Any]:
        made = self.label_id is not None and self.label_id > 0
        return {
            "name": self.used.label.name, "kind": self.used.label.kind, "count": self.used.count,
            "action": self.action.value, "label_id": self.label_id if made else None,
            "label": self.name, "suggestions": self.suggestions,
        }  # fmt: skip


class LabelMeanings:
    """Finds the project's label for every label of a file.

    The sender's mapping counts first, then the name, then, where files have numbers, the number: a
    label list's entry by the label's AVA id, a bare number as an export of this project writes it.
    What a file names and the project lacks is made.
    """

    def __init__(self, labels: Iterable[dict[str, Any]], mapping: Mapping[str, str]) -> None:
        """Args: labels: of the project; mapping: file label name → project's, "": left out."""
        self.labels = list(labels)
        self.mapping = {name.strip(): wanted.strip() for name, wanted in mapping.items()}
        self.in_any_case = {name.casefold(): wanted for name, wanted in self.mapping.items()}
        # Names that differ only in case may be two labels: then each is found as it is written.
        self.by_name = {(x["kind"], x["name"].casefold()): x for x in self.labels}
        self.by_name |= {(x["kind"], x["name"]): x for x in self.labels}
        self.by_id = {x["id"]: x for x in self.labels}
        self.numbered = {x["ava_id"]: x for x in self.labels if x["ava_id"] is not None}
        self.written = {ava_id: label_id for label_id, ava_id in action_ids(self.labels).items()}
        self.found: dict[tuple[str, str], Meaning] = {}
        self.created: dict[tuple[str, str], int] = {}
        self.notes: list[str] = []

    def add(self, used: Used, *, listed: bool) -> Meaning:
        """Find what a label means.

        Args:
            listed: a list of labels lies beside the file, so that a bare number means nothing.
        """
        label = used.label
        if not storable(label.name + label.group):
            raise InvalidInput(f"The label {label.name!r} holds a character that cannot be stored.")
        meaning = self._mapped(used) or self._matching(used, listed)
        self.found[label.kind, label.name] = meaning
        return meaning

    def check_mapping(self) -> None:
        """Tell what was mapped but does not occur: it may be a slip of the pen."""
        known = {name.strip().casefold() for _, name in self.found}
        for name in self.mapping:
            if name.casefold() not in known:
                self.notes.append(f"The mapping names '{name}', which is no label of the file.")

    def _mapped(self, used: Used) -> Meaning | None:
        name = used.label.name.strip()
        wanted = self.mapping.get(name, self.in_any_case.get(name.casefold()))
        if wanted is None:
            return None
        if not wanted:
            return Meaning(used, Action.LEAVE_OUT)
        if not storable(wanted):
            raise InvalidInput(f"The label {wanted!r} holds a character that cannot be stored.")
        return self._named(used, wanted)

    def _matching(self, used: Used, listed: bool) -> Meaning:
        label = used.label
        if label.name == "" and label.kind == "object":
            return self._match(used, self._person())
        if used.named and self._own(label.kind, label.name) is not None:
            return self._named(used, label.name)
        if label.number is not None and used.named and label.number in self.numbered:
            own = self.numbered[label.number]
            self.notes.append(
                f"Action {label.number} is '{label.name}' in the label map and '{own['name']}' in "
                "the project; they are taken for the same."
            )
            return self._match(used, own)
        if used.named:
            return self._named(used, label.name)
        if not listed and label.number in self.written:
            return self._match(used, self.by_id[self.written[label.number]])
        return Meaning(used, Action.UNKNOWN, suggestions=self._like(label))

    def _named(self, used: Used, name: str) -> Meaning:
        name, kind = name[:LONGEST_NAME], used.label.kind
        own = self._own(kind, name)
        if own is not None:
            return self._match(used, own)
        placeholder = self.created.setdefault((kind, name), _PLACEHOLDER - len(self.created))
        suggestions = self._like(FileLabel(name, used.label.kind))
        return Meaning(used, Action.CREATE, placeholder, name, suggestions)

    def _own(self, kind: str, name: str) -> dict[str, Any] | None:
        """The project's label of this name: as written, else whatever its case."""
        name = name[:LONGEST_NAME]
        return self.by_name.get((kind, name)) or self.by_name.get((kind, name.casefold()))

    def _match(self, used: Used, label: dict[str, Any]) -> Meaning:
        return Meaning(used, Action.MATCH, label["id"], label["name"])

    def _person(self) -> dict[str, Any]:
        objects = [x for x in self.labels if x["kind"] == "object"]
        if not objects:
            raise InvalidInput(
                "The project has no object label for people; add one, such as 'person'."
            )
        named = [x for x in objects if x["name"].casefold() == "person"]
        return (named or sorted(objects, key=lambda x: (x["position"], x["id"])))[0]

    def _like(self, label: FileLabel) -> list[str]:
        names = {x["name"].casefold(): x["name"] for x in self.labels if x["kind"] == label.kind}
        close = get_close_matches(label.name.casefold(), names, n=3, cutoff=0.5)
        return [names[name] for name in close]
