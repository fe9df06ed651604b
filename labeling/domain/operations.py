"""Everything that can be done to the annotations of a video, as pure functions.

An operation is a JSON object `{"op": name, ...}`. Each function here takes the annotations and
the operation and returns the changes it makes; `apply` runs a list of them. The same operations
exist in TypeScript, and both are held to the same cases in tests/shared/operations.json.
"""

from collections.abc import Callable, Iterable
from dataclasses import replace

from labeling.domain.annotations import Annotations, Change, Item, Kind
from labeling.domain.errors import InvalidInput, InvalidOperation
from labeling.domain.span import Coverage, Span
from labeling.domain.state import State, after_decision, after_edit
from labeling.domain.tube import Keyframe, Tube

Operation = dict
Changes = list[Change]


def apply(annotations: Annotations, operations: Iterable[Operation]) -> tuple[Annotations, Changes]:
    """Run operations one after the other.

    Returns:
        The annotations afterwards, and one change per object touched: its value before the first
        and after the last operation.

    Raises:
        InvalidOperation: an operation is unknown, lacks a field, or does not fit; `detail` has
            its `index` and name. Nothing is applied then.
    """
    total: dict[tuple[Kind, str], Change] = {}
    # One copy for all operations: an import has thousands.
    annotations = annotations.changed([])
    for index, operation in enumerate(operations):
        changes = _changes(annotations, operation, index)
        for change in changes:
            first = total.get((change.kind, change.id), change)
            total[(change.kind, change.id)] = replace(change, before=first.before)
        annotations.change(changes)
    return annotations, [change for change in total.values() if change.before != change.after]


def inverse(changes: Iterable[Change]) -> Operation:
    """The `restore` operation that undoes these changes."""
    restore: Operation = {
        "op": "restore",
        "tubes": [],
        "spans": [],
        "coverage": [],
        "removed": {"tubes": [], "spans": [], "coverage": []},
    }
    for change in changes:
        table = _PLURAL[change.kind]
        if change.before is None:
            restore["removed"][table].append(change.id)
        else:
            restore[table].append(change.before.as_dict())
    return restore


def _changes(annotations: Annotations, operation: Operation, index: int) -> Changes:
    name = operation.get("op") if isinstance(operation, dict) else None
    detail = {"index": index, "op": name}
    if not isinstance(name, str) or name not in OPERATIONS:
        known = ", ".join(sorted(OPERATIONS))
        raise InvalidOperation(f"Unknown operation {name!r}; known are {known}.", detail=detail)
    try:
        return OPERATIONS[name](annotations, operation)
    except (AttributeError, KeyError, OverflowError, TypeError, ValueError) as error:
        raise InvalidOperation(
            f"Operation {index} ({name}) lacks or misuses a field: {error}.", detail=detail
        ) from error
    except InvalidInput as error:
        raise InvalidOperation(
            f"Operation {index} ({name}): {error.message}", detail=detail
        ) from error


def _tube_add(annotations: Annotations, op: Operation) -> Changes:
    tube = Tube.of(op["tube"])
    if tube.id in annotations.tubes:
        raise InvalidOperation(f"Tube {tube.id} exists already.")
    if tube.state is State.PROPOSED:
        made = {"label_id": tube.label_id, "keyframes": [k.as_dict() for k in tube.keyframes]}
        tube = replace(tube, proposed=made)
    return [_put("tube", None, tube)]


def _tube_remove(annotations: Annotations, op: Operation) -> Changes:
    tube = _tube(annotations, op["tube_id"])
    spans = [_put("span", span, None) for span in annotations.spans_of(tube.id)]
    covered = [_put("coverage", c, None) for c in annotations.coverage_of(tube.id)]
    return [*spans, *covered, _put("tube", tube, None)]


def _tube_relabel(annotations: Annotations, op: Operation) -> Changes:
    tube = _tube(annotations, op["tube_id"])
    return [_put("tube", tube, _edited(replace(tube, label_id=int(op["label_id"]))))]


def _tube_trim(annotations: Annotations, op: Operation) -> Changes:
    tube = _tube(annotations, op["tube_id"])
    trimmed = _edited(tube.trimmed(int(op["start_frame"]), int(op["end_frame"])))
    attached = _clip_attached(annotations, tube.id, trimmed.start_frame, trimmed.end_frame)
    return [_put("tube", tube, trimmed), *attached]


def _tube_split(annotations: Annotations, op: Operation) -> Changes:
    tube, frame, new_id = (
        _tube(annotations, op["tube_id"]),
        int(op["frame"]),
        str(op["new_tube_id"]),
    )
    if not tube.start_frame < frame < tube.end_frame:
        raise InvalidOperation(
            f"Tube {tube.id} can be split after frame {tube.start_frame} and up to frame "
            f"{tube.end_frame - 1}, not at {frame}."
        )
    if new_id in annotations.tubes:
        raise InvalidOperation(f"Tube {new_id} exists already.")
    left = _edited(tube.trimmed(tube.start_frame, frame))
    right = replace(
        _edited(tube.trimmed(frame, tube.end_frame)),
        id=new_id, number=None, run_id=None, proposed=None, revision=0,
    )  # fmt: skip
    new_span_ids = op.get("new_span_ids", {})
    spans: Changes = []
    for span in annotations.spans_of(tube.id):
        spans += _split_span(span, frame, new_id, new_span_ids)
    covered = [
        _put("coverage", kept, kept.clipped(0, frame)) for kept in annotations.coverage_of(tube.id)
    ]
    return [_put("tube", tube, left), _put("tube", None, right), *spans, *covered]


def _split_span(span: Span, frame: int, new_tube_id: str, new_ids: dict[str, str]) -> Changes:
    if span.end_frame <= frame:
        return []
    if span.start_frame >= frame:
        return [_put("span", span, replace(span, tube_id=new_tube_id))]
    if span.id not in new_ids:
        raise InvalidOperation(f"new_span_ids lacks an id for the cut part of span {span.id}.")
    left = _cut(replace(span, end_frame=frame))
    right = _cut(replace(span, start_frame=frame))
    moved = replace(
        right, id=new_ids[span.id], tube_id=new_tube_id, run_id=None, proposed=None, revision=0
    )
    return [_put("span", span, left), _put("span", None, moved)]


def _tube_merge(annotations: Annotations, op: Operation) -> Changes:
    tube, other = _tube(annotations, op["tube_id"]), _tube(annotations, op["other_id"])
    if tube.id == other.id:
        raise InvalidOperation("A tube cannot be merged with itself.")
    keyframes = {keyframe.frame: keyframe for keyframe in other.keyframes}
    keyframes |= {keyframe.frame: keyframe for keyframe in tube.keyframes}
    merged = _edited(tube.with_keyframes(keyframes.values()))
    spans = [
        _put("span", span, replace(span, tube_id=tube.id))
        for span in annotations.spans_of(other.id)
    ]
    covered = [_put("coverage", c, None) for c in annotations.coverage_of(other.id)]
    return [_put("tube", tube, merged), *spans, *covered, _put("tube", other, None)]


def _tube_decide(annotations: Annotations, op: Operation) -> Changes:
    tube = _tube(annotations, op["tube_id"])
    state = after_decision(tube.state, op["decision"], from_run=tube.proposed is not None)
    return [_put("tube", tube, replace(tube, state=state))]


def _keyframe_set(annotations: Annotations, op: Operation) -> Changes:
    tube = _tube(annotations, op["tube_id"])
    return [_put("tube", tube, _edited(tube.with_keyframe(Keyframe.of(op))))]


def _keyframe_remove(annotations: Annotations, op: Operation) -> Changes:
    tube = _tube(annotations, op["tube_id"])
    edited = _edited(tube.without_keyframe(int(op["frame"])))
    attached = _clip_attached(annotations, tube.id, edited.start_frame, edited.end_frame)
    return [_put("tube", tube, edited), *attached]


def _span_add(annotations: Annotations, op: Operation) -> Changes:
    span = Span.of(op["span"])
    if span.id in annotations.spans:
        raise InvalidOperation(f"Span {span.id} exists already.")
    if span.tube_id is not None:
        _tube(annotations, span.tube_id)
    if span.state is State.PROPOSED:
        span = replace(span, proposed=_span_content(span))
    return [_put("span", None, span)]


def _span_set(annotations: Annotations, op: Operation) -> Changes:
    span = _span(annotations, op["span_id"])
    fields = ("start_frame", "end_frame", "label_id")
    wanted = {name: int(op[name]) for name in fields if op.get(name) is not None}
    edited = replace(span, **wanted, state=after_edit(span.state))
    return [_put("span", span, edited)]


def _span_remove(annotations: Annotations, op: Operation) -> Changes:
    return [_put("span", _span(annotations, op["span_id"]), None)]


def _span_decide(annotations: Annotations, op: Operation) -> Changes:
    span = _span(annotations, op["span_id"])
    state = after_decision(span.state, op["decision"], from_run=span.proposed is not None)
    return [_put("span", span, replace(span, state=state))]


def _coverage_add(annotations: Annotations, op: Operation) -> Changes:
    covered = Coverage.of(op["coverage"])
    if covered.id in annotations.coverage:
        raise InvalidOperation(f"Coverage {covered.id} exists already.")
    if covered.tube_id is not None:
        _tube(annotations, covered.tube_id)
    return [_put("coverage", None, covered)]


def _coverage_remove(annotations: Annotations, op: Operation) -> Changes:
    covered = annotations.coverage.get(op["coverage_id"])
    if covered is None:
        raise InvalidOperation(f"There is no coverage {op['coverage_id']}.")
    return [_put("coverage", covered, None)]


def _restore(annotations: Annotations, op: Operation) -> Changes:
    wanted: list[tuple[Kind, Item]] = [
        *(("tube", Tube.of(data)) for data in op.get("tubes", ())),
        *(("span", Span.of(data)) for data in op.get("spans", ())),
        *(("coverage", Coverage.of(data)) for data in op.get("coverage", ())),
    ]
    changes = [Change(kind, item.id, annotations.get(kind, item.id), item) for kind, item in wanted]
    removed = op.get("removed", {})
    for kind, table in _PLURAL.items():
        for item_id in removed.get(table, ()):
            before = annotations.get(kind, item_id)
            if before is not None:
                changes.append(_put(kind, before, None))
    _check_attached(annotations.changed(changes))
    return changes


def _check_attached(annotations: Annotations) -> None:
    for item in (*annotations.spans.values(), *annotations.coverage.values()):
        if item.tube_id is not None and item.tube_id not in annotations.tubes:
            raise InvalidOperation(f"{item.id} would be left on tube {item.tube_id}, now gone.")


def _clip_attached(annotations: Annotations, tube_id: str, start: int, end: int) -> Changes:
    """Spans and coverage of a tube that became shorter, cut to it."""
    changes: Changes = []
    for span in annotations.spans_of(tube_id):
        clipped = span.clipped(start, end)
        if clipped != span:
            changes.append(_put("span", span, clipped and _cut(clipped)))
    for covered in annotations.coverage_of(tube_id):
        changes.append(_put("coverage", covered, covered.clipped(start, end)))
    return changes


def _cut(span: Span) -> Span:
    """A span shortened with its tube: nobody judged its label, so a proposal stays one."""
    return replace(span, state=State.CORRECTED) if span.state is State.ACCEPTED else span


def _edited(tube: Tube) -> Tube:
    return replace(tube, state=after_edit(tube.state))


def _span_content(span: Span) -> dict:
    return {
        "label_id": span.label_id,
        "start_frame": span.start_frame,
        "end_frame": span.end_frame,
    }


def _put(kind: Kind, before: Item | None, after: Item | None) -> Change:
    item = after if before is None else before
    assert item is not None
    return Change(kind, item.id, before, after)


def _tube(annotations: Annotations, tube_id: str) -> Tube:
    tube = annotations.tubes.get(tube_id)
    if tube is None:
        raise InvalidOperation(f"There is no tube {tube_id}; it may have been removed meanwhile.")
    return tube


def _span(annotations: Annotations, span_id: str) -> Span:
    span = annotations.spans.get(span_id)
    if span is None:
        raise InvalidOperation(f"There is no span {span_id}; it may have been removed meanwhile.")
    return span


_PLURAL: dict[Kind, str] = {"tube": "tubes", "span": "spans", "coverage": "coverage"}

OPERATIONS: dict[str, Callable[[Annotations, Operation], Changes]] = {
    "tube_add": _tube_add,
    "tube_remove": _tube_remove,
    "tube_relabel": _tube_relabel,
    "tube_trim": _tube_trim,
    "tube_split": _tube_split,
    "tube_merge": _tube_merge,
    "tube_decide": _tube_decide,
    "keyframe_set": _keyframe_set,
    "keyframe_remove": _keyframe_remove,
    "span_add": _span_add,
    "span_set": _span_set,
    "span_remove": _span_remove,
    "span_decide": _span_decide,
    "coverage_add": _coverage_add,
    "coverage_remove": _coverage_remove,
    "restore": _restore,
}
