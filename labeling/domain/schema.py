"""What becomes of a video's annotations when labels are merged or split: pure functions.

Both give the objects as they are to be, for one `restore` operation, so that the log holds what was
there before. A merged label is what any of its parts was, so that it is absent only where all of
them were looked for. A part of a split label is absent where the whole was; where the whole was
marked nobody has said yet which part it is.
"""

import uuid
from collections.abc import Collection, Iterable
from dataclasses import dataclass, field, replace

from labeling.domain.annotations import Annotations
from labeling.domain.ranges import Range, Ranges, difference, intersection, union
from labeling.domain.span import Coverage, Span
from labeling.domain.state import State
from labeling.domain.tube import Tube

# Names of objects that a migration makes follow from this and what they are of, so that it gives
# the same ones if it is run twice.
_NAMES = uuid.UUID("6f0ab0b5-6c0e-5d5b-9a53-2f5d2f2f6f3e")


@dataclass(slots=True)
class Migration:
    """Objects as they are to be, and ids of those that go."""

    tubes: list[Tube] = field(default_factory=list)
    spans: list[Span] = field(default_factory=list)
    coverage: list[Coverage] = field(default_factory=list)
    gone_spans: list[str] = field(default_factory=list)
    gone_coverage: list[str] = field(default_factory=list)

    def operations(self) -> list[dict]:
        """One `restore`, or nothing where nothing changes."""
        removed = {"tubes": [], "spans": self.gone_spans, "coverage": self.gone_coverage}
        if not (self.tubes or self.spans or self.coverage or any(removed.values())):
            return []
        return [
            {
                "op": "restore",
                "tubes": [tube.as_dict() for tube in self.tubes],
                "spans": [span.as_dict() for span in self.spans],
                "coverage": [covered.as_dict() for covered in self.coverage],
                "removed": removed,
            }
        ]


def merged(
    annotations: Annotations, sources: Collection[int], target: int, video_id: str
) -> Migration:
    """Everything labeled one of `sources` becomes `target`.

    States stay, but where confirmed spans overlap: they become one, corrected unless a person
    drew it. A proposal inside what is confirmed goes. What was rejected keeps its label: "not this
    part" does not mean "not the whole".

    Args:
        sources: label ids, without the target's.
        target: label id of the same kind.
        video_id: of the video; what is made anew is named after it.
    """
    parts = {*sources, target}
    found = Migration()
    found.tubes = [
        replace(tube, label_id=target)
        for tube in annotations.tubes.values()
        if tube.label_id in sources and tube.state is not State.REJECTED
    ]
    for tube_id in _places(annotations.spans.values()):
        _merge_spans(annotations.spans_of(tube_id), parts, target, found)
    for tube_id in _places(annotations.coverage.values()):
        spans = annotations.spans_of(tube_id)
        place = _Place(video_id, tube_id)
        _merge_coverage(annotations.coverage_of(tube_id), spans, parts, target, place, found)
    return found


def split(annotations: Annotations, whole: int, parts: Collection[int], video_id: str) -> Migration:
    """Coverage of the parts: where the whole was looked for and is not.

    What people labeled with the whole stays until a person says which part it is. Open proposals of
    it go; proposed tubes become the first part, as a detector's people do that have no label of
    their own.
    """
    found = retired(annotations, whole)
    found.tubes = [
        replace(tube, label_id=next(iter(parts)))
        for tube in annotations.tubes.values()
        if tube.label_id == whole and tube.state is State.PROPOSED
    ]
    every = [span for span in annotations.spans.values() if _may_show(span)]
    shown = _by_place(span for span in every if span.label_id == whole)
    covered = _by_place(c for c in annotations.coverage.values() if whole in c.label_ids)
    # What was reviewed with the whole video was reviewed on each tube. Where one of them shows the
    # whole nothing is known of its parts there, and the others get a range of their own.
    on_tubes = [r for tube_id, ranges in shown.items() if tube_id is not None for r in ranges]
    apart = intersection(covered.get(None, []), on_tubes)
    for place in sorted({*covered, *_confirmed(annotations, apart)}, key=lambda i: i or ""):
        looked_for, not_there = covered.get(place, []), shown.get(place, [])
        if place is None:
            not_there = [*not_there, *on_tubes, *_carriers(annotations, whole)]
        elif place in annotations.tubes:
            tube = annotations.tubes[place]
            looked_for = [*looked_for, *intersection(apart, [(tube.start_frame, tube.end_frame)])]
        absent = difference(looked_for, not_there)
        found.coverage += _Place(video_id, place).coverage(absent, tuple(parts))
    return found


def _by_place(items: Iterable[Span | Coverage]) -> dict[str | None, Ranges]:
    """Ranges by the tube they are on; None has those of the video itself."""
    found: dict[str | None, Ranges] = {}
    for item in items:
        found.setdefault(item.tube_id, []).append(_range(item))
    return found


def _carriers(annotations: Annotations, label_id: int) -> Ranges:
    """Where tubes of this label are, or may be."""
    return [
        (tube.start_frame, tube.end_frame)
        for tube in annotations.tubes.values()
        if tube.label_id == label_id and tube.state is not State.REJECTED
    ]


def _confirmed(annotations: Annotations, ranges: Ranges) -> list[str]:
    """The tubes people stand by that some of these ranges meets."""
    return [
        tube.id
        for tube in annotations.tubes.values()
        if tube.is_confirmed and intersection(ranges, [(tube.start_frame, tube.end_frame)])
    ]


def retired(annotations: Annotations, label_id: int) -> Migration:
    """Open proposals of a label that is not asked about any more go; all else stays."""
    proposed = [span for span in annotations.spans.values() if span.state is State.PROPOSED]
    return Migration(gone_spans=[span.id for span in proposed if span.label_id == label_id])


@dataclass(frozen=True, slots=True)
class _Place:
    """A tube of a video, or with None the video itself."""

    video_id: str
    tube_id: str | None

    def coverage(self, ranges: Ranges, label_ids: tuple[int, ...]) -> list[Coverage]:
        """New coverage here."""
        own = f"{self.video_id} {self.tube_id} {sorted(label_ids)}"
        return [
            Coverage(
                str(uuid.uuid5(_NAMES, f"{own} {start} {end}")),
                self.tube_id,
                start,
                end,
                label_ids,
            )  # fmt: skip
            for start, end in ranges
        ]


def _places(items: Iterable[Span | Coverage]) -> list[str | None]:
    """The tubes that items are on, None for the video, in a fixed order."""
    return sorted({item.tube_id for item in items}, key=lambda tube_id: tube_id or "")


def _merge_spans(spans: list[Span], parts: set[int], target: int, found: Migration) -> None:
    own = [span for span in spans if span.label_id in parts]
    ordered = sorted(own, key=lambda span: (span.start_frame, span.end_frame, span.id))
    kept = _joined([span for span in ordered if span.is_confirmed], target, found)
    confirmed = _ranges(kept)
    proposed = [span for span in ordered if span.state is State.PROPOSED]
    inside = [span for span in proposed if not difference([_range(span)], confirmed)]
    found.gone_spans += [span.id for span in inside if span.label_id != target]
    others = [span for span in proposed if span not in inside]
    found.spans += [
        replace(span, label_id=target) for span in others if span.label_id != target
    ]  # fmt: skip


def _joined(spans: list[Span], target: int, found: Migration) -> list[Span]:
    """Confirmed spans, ordered by start, as spans of the target that do not overlap."""
    kept: list[Span] = []
    for span in spans:
        if kept and span.start_frame < kept[-1].end_frame and _differ(kept[-1], span, target):
            found.gone_spans.append(span.id)
            kept[-1] = _join(kept[-1], span)
        else:
            kept.append(span)
    before = {span.id: span for span in spans}
    made = [replace(span, label_id=target) for span in kept]
    found.spans += [span for span in made if span != before[span.id]]
    return made


def _differ(a: Span, b: Span, target: int) -> bool:
    """Whether the merge makes them overlap: two of the target overlapped before, and may."""
    return not a.label_id == b.label_id == target


def _join(a: Span, b: Span) -> Span:
    state = State.MANUAL if State.MANUAL in (a.state, b.state) else State.CORRECTED
    end = max(a.end_frame, b.end_frame)
    return replace(a, end_frame=end, state=a.state if end == a.end_frame else state)


def _merge_coverage(
    coverage: list[Coverage],
    spans: list[Span],
    parts: set[int],
    target: int,
    place: _Place,
    found: Migration,
) -> None:
    """The target is covered where all parts were, and where one of them was marked and covered."""
    by_part = {
        part: union(_range(c) for c in coverage if part in c.label_ids) for part in sorted(parts)
    }
    everywhere = _common(list(by_part.values()))
    marked = [
        shared
        for span in spans
        if span.is_confirmed and span.label_id in parts
        for shared in intersection([_range(span)], by_part[span.label_id])
    ]
    wanted = union([*everywhere, *marked])
    for covered in coverage:
        _without_parts(covered, parts, target, wanted, found)
    lacking = difference(wanted, _kept(coverage, target, wanted))
    found.coverage += place.coverage(lacking, (target,))


def _common(each: list[Ranges]) -> Ranges:
    common = each[0]
    for ranges in each[1:]:
        common = intersection(common, ranges)
    return common


def _keeps(covered: Coverage, target: int, wanted: Ranges) -> bool:
    """Whether the target may stay among the labels of this coverage."""
    return target in covered.label_ids and not difference([_range(covered)], wanted)


def _kept(coverage: list[Coverage], target: int, wanted: Ranges) -> Ranges:
    return union(_range(c) for c in coverage if _keeps(c, target, wanted))


def _without_parts(
    covered: Coverage, parts: set[int], target: int, wanted: Ranges, found: Migration
) -> None:
    kept = {target} if _keeps(covered, target, wanted) else set()
    label_ids = tuple(sorted({*covered.label_ids} - parts | kept))
    if label_ids == covered.label_ids:
        return
    if label_ids:
        found.coverage.append(replace(covered, label_ids=label_ids))
    else:
        found.gone_coverage.append(covered.id)


def _may_show(span: Span) -> bool:
    """Confirmed, or proposed: nobody has said that it is not there."""
    return span.state is not State.REJECTED


def _range(item: Span | Coverage) -> Range:
    return item.start_frame, item.end_frame


def _ranges(items: Iterable[Span | Coverage]) -> Ranges:
    return [_range(item) for item in items]
