"""What a file changes on one video: compared with what is there, as operations."""

import uuid
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, field
from decimal import Decimal

from labeling.domain.annotations import Annotations
from labeling.domain.span import Span
from labeling.domain.state import State, after_edit
from labeling.domain.tube import Tube
from labeling.formats.ava import NormBox
from labeling.formats.ava_export import normalized, written
from labeling.formats.ava_import import PlannedTube, Range

_ROUNDING = 1e-9
# Beyond this, digits of a file say nothing about the picture.
_MOST_DECIMALS = 6


@dataclass(frozen=True, slots=True)
class Target:
    """The video that is imported into.

    Args:
        current: its annotations now.
        moments: (timestamp, frame) of its timestamps in the file's rhythm.
        size: width and height in px.
        label_of: AVA id → action label id.
        person_label_id: label of new tubes.
        covered_label_ids: labels that the file speaks about.
        decimals: of the file's boxes.
        replace: whether what the file lacks goes.
    """

    current: Annotations
    moments: list[tuple[Decimal, int]]
    size: tuple[int, int]
    label_of: dict[int, int]
    person_label_id: int
    covered_label_ids: list[int]
    decimals: int
    replace: bool


@dataclass(slots=True)
class Diff:
    """Operations, counts of tubes and spans by what happens to them, and what is in the way.

    `base_revision` is the one compared with.
    """

    operations: list[dict] = field(default_factory=list)
    tubes: Counter[str] = field(default_factory=Counter)
    spans: Counter[str] = field(default_factory=Counter)
    conflicts: list[str] = field(default_factory=list)
    base_revision: int = 0


def diff_video(target: Target, planned: Iterable[PlannedTube], coverage: list[Range]) -> Diff:
    """Operations that bring the video to what the file says.

    People are matched by number. A person that somebody drew or decided on otherwise stays and is
    reported, unless the file replaces everything; a proposal of the same number gives way.
    """
    diff = Diff(base_revision=target.current.revision)
    by_number = {tube.number: tube for tube in target.current.tubes.values()}
    unnamed = _by_start(target.current.tubes.values())
    kept: set[str] = set()
    for plan in planned:
        existing = by_number.get(plan.number) if plan.number is not None else None
        if plan.number is None:
            existing = next((t for t in unnamed.get(plan.extent[0], ()) if t.id not in kept
                             and _says_same(target, t, plan)), None)  # fmt: skip
        if existing is None:
            _add(diff, target, plan)
            continue
        kept.add(existing.id)
        if _says_same(target, existing, plan):
            diff.tubes["unchanged"] += 1
            diff.spans["unchanged"] += _span_count(plan)
        elif target.replace or _is_untouched(target.current, existing):
            _change(diff, target, existing, plan)
        else:
            diff.tubes["conflict"] += 1
            diff.spans["conflict"] += _span_count(plan)
            diff.conflicts.append(
                f"person {existing.number} was drawn or decided on otherwise here; it is kept"
            )
    if target.replace:
        _remove_others(diff, target, kept)
    _cover(diff, target, coverage)
    return diff


def _by_start(tubes: Iterable[Tube]) -> dict[int, list[Tube]]:
    found: dict[int, list[Tube]] = {}
    for tube in tubes:
        found.setdefault(tube.start_frame, []).append(tube)
    return found


def _span_count(plan: PlannedTube) -> int:
    return sum(len(ranges) for ranges in plan.spans.values())


def _says_same(target: Target, tube: Tube, plan: PlannedTube) -> bool:
    """Whether the tube, written as a file, gives the rows of the plan."""
    if not tube.is_confirmed:
        return False
    spans = [s for s in target.current.spans_of(tube.id) if s.is_confirmed]
    found = 0
    for timestamp, frame in target.moments:
        box = tube.box_at(frame)
        norm = box and normalized(box, target.size)
        if norm is None:
            continue
        labels = {s.label_id for s in spans if s.start_frame <= frame < s.end_frame}
        moment = plan.moments.get(timestamp)
        if moment is None:
            if labels:
                return False
            continue
        found += 1
        same_labels = labels == {target.label_of[action] for action in moment.actions}
        if not same_labels or not _same_box(norm, moment.box, target.decimals):
            return False
    return found == len(plan.moments)


def _is_untouched(current: Annotations, tube: Tube) -> bool:
    """Whether nobody decided on the tube or its actions, or looked for actions on it."""
    spans = current.spans_of(tube.id)
    open_ = all(item.state is State.PROPOSED for item in (tube, *spans))
    return open_ and not current.coverage_of(tube.id)


def _same_box(here: NormBox, there: NormBox, decimals: int) -> bool:
    digits = min(decimals, _MOST_DECIMALS)
    slack = 0.5 * 10.0**-digits + _ROUNDING
    return any(
        all(abs(a - b) <= most for a, b in zip(box, there, strict=True))
        for box, most in ((here, slack), (written(here, digits), _ROUNDING))
    )


def _add(diff: Diff, target: Target, plan: PlannedTube) -> None:
    tube_id = str(uuid.uuid4())
    tube = {
        "id": tube_id,
        "label_id": target.person_label_id,
        "keyframes": [keyframe.as_dict() for keyframe in plan.keyframes],
    }
    if plan.number is not None:
        tube["number"] = plan.number
    diff.operations.append({"op": "tube_add", "tube": tube})
    diff.tubes["new"] += 1
    for wanted in _wanted(target, plan):
        _add_span(diff, tube_id, wanted)
    _cover_tube(diff, target, tube_id, plan)


def _wanted(target: Target, plan: PlannedTube) -> list[tuple[int, int, int]]:
    """(label id, start, end) of the plan's spans."""
    return [
        (target.label_of[action_id], start, end)
        for action_id, ranges in plan.spans.items()
        for start, end in ranges
    ]


def _add_span(diff: Diff, tube_id: str, wanted: tuple[int, int, int]) -> None:
    label_id, start, end = wanted
    span = {
        "id": str(uuid.uuid4()), "tube_id": tube_id, "label_id": label_id,
        "start_frame": start, "end_frame": end,
    }  # fmt: skip
    diff.operations.append({"op": "span_add", "span": span})
    diff.spans["new"] += 1


def _cover_tube(diff: Diff, target: Target, tube_id: str, plan: PlannedTube) -> None:
    start, end = plan.extent
    _add_coverage(diff, target, tube_id, start, end)


def _add_coverage(diff: Diff, target: Target, tube_id: str | None, start: int, end: int) -> None:
    coverage = {
        "id": str(uuid.uuid4()), "tube_id": tube_id, "start_frame": start, "end_frame": end,
        "label_ids": target.covered_label_ids,
    }  # fmt: skip
    diff.operations.append({"op": "coverage_add", "coverage": coverage})


def _change(diff: Diff, target: Target, tube: Tube, plan: PlannedTube) -> None:
    """The tube keeps its identity and what was proposed; keyframes and spans become the file's."""
    changed = {
        **tube.as_dict(),
        "keyframes": [keyframe.as_dict() for keyframe in plan.keyframes],
        "state": after_edit(tube.state).value,
    }
    diff.operations.append({"op": "restore", "tubes": [changed]})
    diff.tubes["changed"] += 1
    wanted = set(_wanted(target, plan))
    for span in target.current.spans_of(tube.id):
        content = (span.label_id, span.start_frame, span.end_frame)
        if content in wanted:
            wanted.discard(content)
            _confirm(diff, span)
        else:
            diff.operations.append({"op": "span_remove", "span_id": span.id})
            diff.spans["removed"] += 1
    for content in sorted(wanted):
        _add_span(diff, tube.id, content)
    for covered in target.current.coverage_of(tube.id):
        diff.operations.append({"op": "coverage_remove", "coverage_id": covered.id})
    _cover_tube(diff, target, tube.id, plan)


def _confirm(diff: Diff, span: Span) -> None:
    if span.is_confirmed:
        diff.spans["unchanged"] += 1
        return
    decision = {"op": "span_decide", "span_id": span.id, "decision": State.ACCEPTED.value}
    diff.operations.append(decision)
    diff.spans["changed"] += 1


def _remove_others(diff: Diff, target: Target, kept: set[str]) -> None:
    for tube in target.current.tubes.values():
        if tube.id not in kept:
            diff.operations.append({"op": "tube_remove", "tube_id": tube.id})
            diff.tubes["removed"] += 1
            diff.spans["removed"] += len(target.current.spans_of(tube.id))


def _cover(diff: Diff, target: Target, wanted: list[Range]) -> None:
    """Mark what the file reviewed as reviewed; after a replace, nothing else is."""
    whole = [c for c in target.current.coverage.values() if c.tube_id is None]
    known = merged([(c.start_frame, c.end_frame) for c in whole])
    if target.replace and known != wanted:
        for covered in whole:
            diff.operations.append({"op": "coverage_remove", "coverage_id": covered.id})
        known = []
    for start, end in without(wanted, known):
        _add_coverage(diff, target, None, start, end)


def merged(ranges: Iterable[Range]) -> list[Range]:
    """The union of half-open ranges, in order."""
    union: list[Range] = []
    for start, end in sorted(ranges):
        if union and start <= union[-1][1]:
            union[-1] = (union[-1][0], max(end, union[-1][1]))
        else:
            union.append((start, end))
    return union


def without(wanted: list[Range], known: list[Range]) -> list[Range]:
    """The parts of `wanted` that lie in none of `known`; both in order and disjoint."""
    left: list[Range] = []
    for start, end in wanted:
        for known_start, known_end in known:
            if known_end <= start or known_start >= end:
                continue
            if start < known_start:
                left.append((start, known_start))
            start = min(max(start, known_end), end)
        if start < end:
            left.append((start, end))
    return left
