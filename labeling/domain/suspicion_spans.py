"""Actions and segments that contradict each other or what they are on."""

from collections.abc import Iterator
from itertools import islice

import numpy as np

from labeling.domain.scene import Finding, Scene, graded
from labeling.domain.span import Span
from labeling.domain.state import State
from labeling.domain.taxonomy import LabelKind
from labeling.domain.tube import Tube

# A contradiction is wrong however short; how long it lasts only sorts it.
CONTRADICTION = 0.5
# Shorter than this, people were passing by: that nothing is said of them says nothing.
NO_ACTION_S = 1.0


def outside_tube(scene: Scene) -> Iterator[Finding]:
    """Actions on frames where their actor is not, or on one that a person rejected."""
    for tube in scene.annotations.tubes.values():
        for span in scene.spans.get(tube.id, ()):
            if tube.is_confirmed:
                yield from _outside(scene, tube, span)
            elif tube.state is State.REJECTED:
                text = (
                    f"'{scene.label(span.label_id)}' is confirmed on {scene.who(tube)}, which is "
                    "rejected: neither is exported."
                )
                yield _of(span, "span-outside-tube", span.start_frame, text, CONTRADICTION)


def _outside(scene: Scene, tube: Tube, span: Span) -> Iterator[Finding]:
    held, length = span.clipped(tube.start_frame, tube.end_frame), span.end_frame - span.start_frame
    over = length - (held.end_frame - held.start_frame if held else 0)
    if over == 0:
        if not _seen(tube, span):
            text = (
                f"'{scene.label(span.label_id)}' of {scene.who(tube)} on {_frames(span)} is where "
                "the tube is out of the picture all the time."
            )
            yield _of(span, "span-outside-tube", span.start_frame, text, CONTRADICTION)
        return
    text = (
        f"'{scene.label(span.label_id)}' of {scene.who(tube)} is on {_frames(span)}, the tube on "
        f"frames {tube.start_frame} to {tube.end_frame - 1}: {over} "
        f"{'frame has' if over == 1 else 'frames have'} no box."
    )
    early = span.start_frame < tube.start_frame
    frame = span.start_frame if early else max(span.start_frame, tube.end_frame)
    severity = graded(1.0 + over / length, 1.0, CONTRADICTION)
    yield _of(span, "span-outside-tube", frame, text, severity)


def _seen(tube: Tube, span: Span) -> bool:
    frames = (k.frame for k in tube.keyframes if span.start_frame <= k.frame < span.end_frame)
    return any(tube.box_at(frame) for frame in (span.start_frame, *frames))


def exclusive(scene: Scene) -> Iterator[Finding]:
    """Two labels on one actor at one time, of which only one can be true."""
    for tube_id, spans in scene.spans.items():
        tube = scene.annotations.tubes.get(tube_id or "")
        for group in scene.exclusive:
            held = [span for span in spans if span.label_id in group]
            for first, second in _overlapping(held):
                if first.label_id != second.label_id:
                    yield _both(scene, tube, first, second, "exclusive-actions")


def duplicates(scene: Scene) -> Iterator[Finding]:
    """One label twice at one time."""
    for tube_id, spans in scene.spans.items():
        tube = scene.annotations.tubes.get(tube_id or "")
        for label_id in {span.label_id for span in spans}:
            held = [span for span in spans if span.label_id == label_id]
            for first, second in _overlapping(held):
                yield _both(scene, tube, first, second, "duplicate-label")


def no_action(scene: Scene) -> Iterator[Finding]:
    """Actors whose actions were all looked for, and who have none."""
    actions = {id_ for id_, label in scene.labels.items() if label.kind is LabelKind.ACTION}
    if not actions:
        return
    acting = {span.tube_id for span in scene.annotations.spans.values()}
    for tube in scene.tubes:
        if tube.id in acting:
            continue
        covered = _covered(scene, tube, actions)
        length = np.diff(scene.times_s[tube.start_frame : tube.end_frame + 1])
        seconds = float(length[covered].sum())
        if seconds >= NO_ACTION_S:
            text = (
                f"{scene.who(tube)} is in the picture for {seconds:.1f} s that are marked as "
                "reviewed, and does nothing there: no action is set."
            )
            frame = tube.start_frame + int(np.argmax(covered))
            yield Finding("no-action", frame, text, graded(seconds, 10.0, 0.1), tube.id)


def _covered(scene: Scene, tube: Tube, actions: set[int]) -> np.ndarray:
    """(F,) bool over the tube: visible, and reviewed for every action of the project."""
    frames, _ = tube.dense()
    shown = np.zeros(tube.end_frame - tube.start_frame, dtype=bool)
    shown[frames - tube.start_frame] = True
    covered = np.zeros_like(shown)
    for tube_id in (None, tube.id):
        for part in scene.annotations.coverage_of(tube_id):
            if actions <= set(part.label_ids):
                start = max(part.start_frame - tube.start_frame, 0)
                covered[start : max(part.end_frame - tube.start_frame, 0)] = True
    return covered & shown


def _overlapping(spans: list[Span]) -> Iterator[tuple[Span, Span]]:
    """Pairs that share a frame; `spans` are in order of their begin."""
    for place, first in enumerate(spans):
        for second in islice(spans, place + 1, None):
            if second.start_frame >= first.end_frame:
                break
            yield first, second


def _both(scene: Scene, tube: Tube | None, first: Span, second: Span, kind: str) -> Finding:
    start, end = second.start_frame, min(first.end_frame, second.end_frame)
    seconds = scene.seconds(start, min(end, scene.timebase.frame_count))
    names = [f"'{scene.label(span.label_id)}'" for span in (first, second)]
    frames = f"{'frame' if end - start == 1 else 'frames'} {_range(start, end)} ({seconds:.2f} s)"
    if kind == "duplicate-label":
        text = f"{names[0]} is set twice on {scene.who(tube)} at {frames}."
    else:
        text = (
            f"{names[0]} and {names[1]} exclude each other; {scene.who(tube)} has both at {frames}."
        )
    shorter = min(span.end_frame - span.start_frame for span in (first, second))
    severity = graded(1.0 + (end - start) / shorter, 1.0, CONTRADICTION)
    return _of(second, kind, start, text, severity)


def _of(span: Span, kind: str, frame: int, text: str, severity: float) -> Finding:
    return Finding(kind, frame, text, severity, span.tube_id, span.id)


def _frames(span: Span) -> str:
    one = span.end_frame - span.start_frame == 1
    return f"{'frame' if one else 'frames'} {_range(span.start_frame, span.end_frame)}"


def _range(start: int, end: int) -> str:
    return f"{start}" if end - start == 1 else f"{start} to {end - 1}"
