"""The recognizing part of a run: features of all tubes, a stretch of video a step.

A net on a long video takes hours. What a step has found is kept on disk by tube, so that a run
that was cancelled or whose worker died goes on where it was, and a run on the same tubes finds
all of it there.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

from labeling import api
from labeling.domain.tube import Tube
from mlbackend.data.descriptor import Descriptor
from mlbackend.data.features import Wanted, Window, keep_features, tube_windows
from mlbackend.data.hog_hof_descriptor import HOG_HOF
from mlbackend.data.net_descriptor import NetDescriptor
from mlbackend.propose.recognizers.base import Recognizer
from mlbackend.train.features import cache, clip_of

# Seconds of video a step looks at; HOG/HOF is about as fast as decoding.
NET_STRETCH_S, HOG_HOF_STRETCH_S = 30.0, 600.0

Cursor = dict[str, Any]
Report = Callable[[float, str], None]


def look(
    video: api.VideoValue,
    tubes: Sequence[Tube],
    descriptors: Sequence[Descriptor],
    title: str,
    cursor: Cursor,
    report: Report,
) -> bool:
    """Describe the next stretch of video that lacks something; return whether there is more.

    Args:
        descriptors: all that look at the tubes; the video is decoded once for them.
        title: of the recognizer, for the message; empty for none.
        cursor: `stretch` in it is moved on, and `note` grows by what a person should know.
        report: told the share done of all stretches; may raise to cancel.
    """
    stretches = _stretches(video, tubes, descriptors)
    for number in range(int(cursor.get("stretch", 0)), len(stretches)):

        def progress(share: float, number: int = number) -> None:
            done = (number + share) / len(stretches)
            report(done, _message(video, title, done))

        progress(0.0)
        wanted = [Wanted(each, tubes, stretches[number]) for each in descriptors]
        with _Notes(descriptors, cursor):
            made = keep_features(clip_of(video), wanted, cache(), progress)
        cursor["stretch"] = number + 1
        if made and number + 1 < len(stretches):
            return True
    return False


def descriptors_for(recognizer: Recognizer | None, *, first_look: bool) -> list[Descriptor]:
    """What looks at the tubes.

    Args:
        first_look: the tubes are new. Then HOG/HOF looks at them whatever recognizes: the queue
            ranks by it, and the first round on it needs it.
    """
    found: dict[str, Descriptor] = {HOG_HOF.key: HOG_HOF} if first_look else {}
    if recognizer is not None:
        found[recognizer.descriptor.key] = recognizer.descriptor
    return list(found.values())


def _stretches(
    video: api.VideoValue, tubes: Sequence[Tube], descriptors: Sequence[Descriptor]
) -> list[list[Window]]:
    """All windows of all tubes, cut by the time of their middles; no stretch is empty."""
    light = all(each is HOG_HOF for each in descriptors)
    length_s = HOG_HOF_STRETCH_S if light else NET_STRETCH_S
    found: dict[int, list[Window]] = {}
    for place, tube in enumerate(tubes):
        for start, end in tube_windows(tube, video.timebase):
            middle_s = video.timebase.time_s(int(start + end) // 2)
            window = Window(place, int(start), int(end))
            found.setdefault(int(middle_s // length_s), []).append(window)
    return [found[number] for number in sorted(found)]


def _message(video: api.VideoValue, title: str, done: float) -> str:
    if not title:
        return f"Looking at how people move in {video.name}."
    duration_s = video.timebase.duration_s
    return (
        f"Recognizing what people do in {video.name} with {title}: second "
        f"{round(done * duration_s)} of {round(duration_s)}."
    )


class _Notes:
    """While open, what a net has to say goes into the job's note, once."""

    def __init__(self, descriptors: Sequence[Descriptor], cursor: Cursor) -> None:
        self._nets = [each for each in descriptors if isinstance(each, NetDescriptor)]
        self._cursor = cursor

    def __enter__(self) -> None:
        for net in self._nets:
            net.say = self._add

    def __exit__(self, *_: object) -> None:
        for net in self._nets:
            net.say = None

    def _add(self, sentence: str) -> None:
        note = self._cursor.get("note", "")
        if sentence not in note:
            self._cursor["note"] = f"{note} {sentence}".strip()
