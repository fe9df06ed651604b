"""Which of a detector's categories get which of a project's object labels."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

PERSON = "person"


def labels_by_category(categories: Sequence[str], labels: Mapping[int, str]) -> dict[int, int]:
    """Return the label of each category that is proposed, in the order of the labels.

    A category gets the label of its own name; upper case, spaces, dashes and underscores do not
    count. People get the label called person; without one, the first label that is called like
    none of the categories, for it is a word for people ("player"). Other categories are not
    proposed.

    Args:
        categories: the detector's names; places among them are the keys of the answer.
        labels: names of the project's object labels by id, in the project's order.
    """
    places = {_bare(name): place for place, name in reversed(list(enumerate(categories)))}
    found = {
        places[_bare(name)]: label_id
        for label_id, name in reversed(list(labels.items()))
        if _bare(name) in places
    }
    person = places.get(PERSON)
    if person is not None and person not in found:
        others = [label_id for label_id, name in labels.items() if _bare(name) not in places]
        found |= {person: others[0]} if others else {}
    order = list(labels)
    return dict(sorted(found.items(), key=lambda item: order.index(item[1])))


def _bare(name: str) -> str:
    return "".join(character for character in name.casefold() if character not in " -_")


def listed(categories: Sequence[str], most: int = 5) -> str:
    """Name some of a detector's categories for a sentence."""
    names = [name for name in categories if name not in ("__background__", "N/A")]
    more = len(names) - most
    return ", ".join(names[:most]) + (f" and {more} more" if more > 0 else "")
