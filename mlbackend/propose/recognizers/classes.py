"""Which of a net's classes mean which of a project's action labels."""

from __future__ import annotations

import re
from collections.abc import Sequence

from labeling.domain.taxonomy import LabelKind, LabelValue

_FILLERS = {"a", "an", "the", "of"}
_VOWELS = "aeiouy"
# kiss, fall, buzz; and see, whose e is no ending.
_STAY_DOUBLE = "lsze"


def matched(classes: Sequence[str], labels: Sequence[LabelValue]) -> dict[int, list[int]]:
    """Return, for each action label that a class is called like, the places of these classes.

    Upper case, separators, remarks in brackets, articles and the form in -ing do not count:
    "WalkingWithDog", "walking_with_dog" and "walk with a dog" are one name, as are "talk to (e.g.,
    self, a person, a group)" and "talk to". A label with a number of AVA's list also takes the
    class of that number, where the classes are AVA's.
    """
    places: dict[str, list[int]] = {}
    for place, name in enumerate(classes):
        places.setdefault(normalized(name), []).append(place)
    by_id = _is_ava(classes)
    found: dict[int, list[int]] = {}
    for label in labels:
        if label.kind is not LabelKind.ACTION or label.is_retired:
            continue
        same = set(places.get(normalized(label.name), []))
        if by_id and label.ava_id is not None and label.ava_id <= len(classes):
            same.add(label.ava_id - 1)
        if same:
            found[label.id] = sorted(same)
    return found


def normalized(name: str) -> str:
    """A name in a form that its usual spellings share."""
    name = re.sub(r"\([^)]*\)", " ", name)
    name = re.sub(r"(?<=[a-z0-9])(?=[A-Z])", " ", name)
    words = re.findall(r"[^\W_]+", name.casefold())
    return " ".join(_stem(word) for word in words if word not in _FILLERS)


def _stem(word: str) -> str:
    """Without -ing, a doubled consonant before it, and an e at the end: ride, riding -> rid."""
    if word.endswith("ing") and any(letter in _VOWELS for letter in word[:-3]):
        word = word[:-3]
        doubled = len(word) > 2 and word[-1] == word[-2] and word[-1] not in _STAY_DOUBLE
        word = word[:-1] if doubled else word
    return word[:-1] if len(word) > 2 and word.endswith("e") else word


def _is_ava(classes: Sequence[str]) -> bool:
    """Whether these are AVA's classes in AVA's order, by two of the poses it begins with."""
    return [normalized(name) for name in classes[:14:13]] == ["bend bow", "walk"]
