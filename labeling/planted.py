"""Which objects of a video were planted to check attention, as the log tells it.

The log and not the table of planted proposals says so: a project that was restored from a backup
has the log, and so has every earlier revision. What is split off a planted tube is planted too.
What a planted tube absorbed of a person's is that person's, and makes the tube theirs.
"""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any

from labeling.domain.annotations import Annotations
from labeling.domain.span import Span
from labeling.domain.tube import Tube
from labeling.models import Revision, SpanRow, TubeRow
from labeling.models.revision import Origin


@dataclass(slots=True)
class Family:
    """One planted proposal with all that came of it.

    Attributes:
        root: id of the planted tube or span; `was` is how it was planted.
        tubes, spans: ids of the root, of the actions planted with it and of what was split off.
        absorbed: by tube of the family, the tubes of people that were merged into it.
        fate: what took an object of the family away: "removed" or "merged"; "relabeled" where its
            label became part of another.
    """

    root: str
    was: Tube | Span
    tubes: set[str] = field(default_factory=set)
    spans: set[str] = field(default_factory=set)
    absorbed: dict[str, set[str]] = field(default_factory=lambda: defaultdict(set))
    fate: dict[str, str] = field(default_factory=dict)

    @property
    def ids(self) -> set[str]:
        """Of all its tubes and spans."""
        return self.tubes | self.spans

    def mixed(self, now: Annotations) -> set[str]:
        """Its tubes that hold a person's tube, which is not there by itself any more."""
        return {
            tube_id for tube_id, others in self.absorbed.items()
            if tube_id in now.tubes and others - now.tubes.keys()
        }  # fmt: skip

    def follow(self, operation: dict[str, Any]) -> None:
        """Take in what a person did, if it was done to the family."""
        step = _STEPS.get(str(operation.get("op")))
        if step is not None:
            step(self, operation)


@dataclass(frozen=True, slots=True)
class Planted:
    """What of a video's annotations is no truth: nobody may learn from it or export it."""

    tubes: frozenset[str] = frozenset()
    spans: frozenset[str] = frozenset()

    def holds(self, kind: str, item: Any) -> bool:
        """Whether an object is planted, or hangs on a planted tube."""
        if kind == "tube":
            return item.id in self.tubes
        return item.tube_id in self.tubes or (kind == "span" and item.id in self.spans)

    def without(self, found: Annotations) -> Annotations:
        """The annotations with nothing planted in them."""
        if not self.tubes and not self.spans:
            return found
        return Annotations(
            revision=found.revision,
            tubes=_rest(self, "tube", found.tubes),
            spans=_rest(self, "span", found.spans),
            coverage=_rest(self, "coverage", found.coverage),
        )


def families(video_id: Any, until: int | None = None) -> list[Family]:
    """Every planted proposal of the video, in the order of planting.

    Args:
        until: what people did after this revision is not followed; None: all is.
    """
    found, first = [], None
    for number, changes in _checks(video_id):
        added = [change for change in changes if change["before"] is None]
        if added and (until is None or number <= until):
            found.append(_family(added))
            first = number if first is None else first
    if first is None:
        return []
    for operation in _operations(video_id, first, until):
        for family in found:
            family.follow(operation)
    return found


def planted_in(video_id: Any, found: Annotations, until: int | None = None) -> Planted:
    """What of these annotations is planted.

    Args:
        found: of this video, as they were at revision `until`; None: as they are.
    """
    removed = _removed(video_id)
    if removed is None:
        return Planted()
    every = families(video_id, until)
    tubes = {tube_id for family in every for tube_id in family.tubes} | removed
    spans = {span_id for family in every for span_id in family.spans} | removed
    mixed = {tube_id for family in every for tube_id in family.mixed(found)}
    return Planted(
        frozenset((tubes - mixed) & found.tubes.keys()), frozenset(spans & found.spans.keys())
    )


def planted_ids(project_id: int) -> set[str]:
    """Ids of all planted objects that a project has now, for counting without them."""
    rows = Revision.objects.filter(project_id=project_id, origin=Origin.CHECK).order_by()
    found: set[str] = set()
    for video_id in rows.values_list("video_id", flat=True).distinct():
        planted = planted_in(video_id, _rows_of(video_id))
        found |= planted.tubes | planted.spans
    return found


def _rows_of(video_id: Any) -> Annotations:
    tubes = {str(row.id): row.value() for row in TubeRow.objects.filter(video_id=video_id)}
    spans = {str(row.id): row.value() for row in SpanRow.objects.filter(video_id=video_id)}
    return Annotations(tubes=tubes, spans=spans)


def without_planted(video_id: Any, found: Annotations, until: int | None = None) -> Annotations:
    """The annotations of a video without what was planted."""
    return planted_in(video_id, found, until).without(found)


def _removed(video_id: Any) -> set[str] | None:
    """Ids of all that checks took away, put back or not; None where nothing was ever planted."""
    checks = list(_checks(video_id))
    if not checks:
        return None
    return {change["id"] for _, made in checks for change in made if change["after"] is None}


def _checks(video_id: Any) -> Iterable[tuple[int, list[dict[str, Any]]]]:
    rows = Revision.objects.filter(video_id=video_id, origin=Origin.CHECK).order_by("number")
    return rows.values_list("number", "changes")


def _operations(video_id: Any, since: int, until: int | None) -> Iterable[dict[str, Any]]:
    """What people did after a revision, in order."""
    rows = Revision.objects.filter(video_id=video_id, number__gt=since)
    rows = rows.exclude(origin__in=(Origin.CHECK, Origin.RUN)).order_by("number")
    if until is not None:
        rows = rows.filter(number__lte=until)
    for operations in rows.values_list("operations", flat=True).iterator(chunk_size=50):
        yield from operations


def _family(added: list[dict[str, Any]]) -> Family:
    """That of one revision's planted objects: a tube with its actions, or one span."""
    tubes = [change["after"] for change in added if change["kind"] == "tube"]
    spans = [change["after"] for change in added if change["kind"] == "span"]
    was = Tube.of(tubes[0]) if tubes else Span.of(spans[0])
    return Family(was.id, was, {tube["id"] for tube in tubes}, {span["id"] for span in spans})


def _split(family: Family, operation: dict[str, Any]) -> None:
    new_spans = operation.get("new_span_ids") or {}
    if operation.get("tube_id") in family.tubes:
        family.tubes.add(str(operation.get("new_tube_id")))
        family.spans.update(map(str, new_spans.values()))
    family.spans.update(str(new) for old, new in new_spans.items() if old in family.spans)


def _merge(family: Family, operation: dict[str, Any]) -> None:
    tube_id, other_id = operation.get("tube_id"), operation.get("other_id")
    if other_id in family.tubes:
        family.fate[str(other_id)] = "merged"
    elif tube_id in family.tubes:
        family.absorbed[str(tube_id)].add(str(other_id))


def _remove(family: Family, operation: dict[str, Any]) -> None:
    gone = operation.get("tube_id") or operation.get("span_id")
    if gone in family.ids:
        family.fate[str(gone)] = "removed"


def _restore(family: Family, operation: dict[str, Any]) -> None:
    removed = operation.get("removed") or {}
    for gone in (*removed.get("tubes", ()), *removed.get("spans", ())):
        if gone in family.ids:
            family.fate[str(gone)] = "removed"
    for span in operation.get("spans") or ():
        if span.get("id") == family.root and span.get("label_id") != family.was.label_id:
            family.fate[family.root] = "relabeled"


_STEPS = {
    "tube_split": _split,
    "tube_merge": _merge,
    "tube_remove": _remove,
    "span_remove": _remove,
    "restore": _restore,
}


def _rest(planted: Planted, kind: str, items: dict[str, Any]) -> dict[str, Any]:
    return {item_id: item for item_id, item in items.items() if not planted.holds(kind, item)}
