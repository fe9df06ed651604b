"""Writes Label Studio's video tasks, and the configuration they need; see `label_studio`."""

import json
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from decimal import Decimal
from fractions import Fraction
from pathlib import Path
from typing import Any
from xml.sax.saxutils import quoteattr

from labeling.formats import motion
from labeling.formats.dataset import Corners, FileBox, FileLabel, FileSpan, FileTube, FileVideo

_DEFAULT_LABEL = "person"


def write(folder: Path, videos: Iterable[FileVideo], labels: Sequence[FileLabel]) -> dict[str, Any]:
    """tasks.json with a task a video, and label_config.xml; returns counts."""
    counts = Counter(videos=0, tubes=0, boxes=0, actions=0, segments=0, classes=0)
    used: dict[str, None] = {}
    rate: Fraction | None = None
    with (folder / "tasks.json").open("w", encoding="utf-8", newline="\n") as file:
        file.write("[")
        for video in videos:
            file.write(",\n" if counts["videos"] else "\n")
            counts["videos"] += 1
            task = _task(video, counts["videos"])
            file.write(json.dumps(task, ensure_ascii=False, allow_nan=False))
            used |= dict.fromkeys(tube.label or _DEFAULT_LABEL for tube in video.tubes)
            rate = rate or video.frame_rate
            counts.update(
                tubes=len(video.tubes), boxes=sum(len(tube.boxes) for tube in video.tubes),
                actions=sum(len(tube.spans) for tube in video.tubes),
                segments=len(video.segments), classes=len(video.classes),
            )  # fmt: skip
        file.write("\n]\n")
    config = "\n".join(_config(labels, used, rate))
    (folder / "label_config.xml").write_text(f"{config}\n", encoding="utf-8")
    return dict(counts)


def _task(video: FileVideo, number: int) -> dict[str, Any]:
    results = list(_results(video))
    return {
        "id": number,
        "data": {"video": video.key},
        "annotations": [{"id": number, "was_cancelled": False, "result": results}],
        "predictions": [],
    }


def _results(video: FileVideo) -> Iterator[dict[str, Any]]:
    free = 1 + max((t.number for t in video.tubes if t.number is not None), default=0)
    for tube in video.tubes:
        number, free = (free, free + 1) if tube.number is None else (tube.number, free)
        yield from _tube(tube, f"tube_{number}", video)
    for index, span in enumerate(video.segments, start=1):
        yield _range(f"segment_{index}", span)
    if video.classes:
        chosen = {"choices": [span.label for span in video.classes]}
        yield _result("classes", "choices", "classes", chosen, None)


def _tube(tube: FileTube, id_: str, video: FileVideo) -> Iterator[dict[str, Any]]:
    value: dict[str, Any] = {}
    if video.frame_count is not None:
        value["framesCount"] = video.frame_count
    if video.duration_s is not None:
        value["duration"] = float(video.duration_s)
    sequence = [_keyframe(box, on, video.frame_rate) for box, on in _sequence(tube, video)]
    value |= {"labels": [tube.label or _DEFAULT_LABEL], "sequence": sequence}
    yield _result(id_, "videorectangle", "box", value, tube.score)
    first, last = tube.boxes[0].at, tube.boxes[-1].at
    for index, span in enumerate(tube.spans, start=1):
        whole = span if span.start is not None else FileSpan(span.label, first, last + 1)
        yield _range(f"{id_}_action_{index}", whole) | {"parentID": id_}


def _sequence(tube: FileTube, video: FileVideo) -> Iterator[tuple[FileBox, bool]]:
    """Keyframes, and whether the box is shown after each."""
    gone = [b.at for b in tube.boxes if b.outside]
    # Label Studio shows a box up to a keyframe, Tubelab up to the frame before one.
    boxes = motion.with_boxes_at(tube.boxes, [at - 1 for at in gone])
    count = video.frame_count
    for box, after in zip(boxes, [*boxes[1:], None], strict=True):
        if box.outside:
            continue
        if after is None:
            yield box, count is not None and box.at + 1 >= count
        else:
            yield box, not after.outside


def _keyframe(box: FileBox, enabled: bool, rate: Fraction | None) -> dict[str, Any]:
    frame = int(box.at) + 1
    entry = {"frame": frame, "enabled": enabled, "rotation": 0, **_percent(box.box)}
    return entry if rate is None else entry | {"time": round(float(frame / rate), 6)}


def _percent(box: Corners) -> dict[str, float]:
    """As written, so exactly: 0.07 of the picture is 7 %, not 7.000000000000001 %."""
    x1, y1, x2, y2 = (Decimal(repr(float(value))) * 100 for value in box)
    return {"x": float(x1), "y": float(y1), "width": float(x2 - x1), "height": float(y2 - y1)}


def _range(id_: str, span: FileSpan) -> dict[str, Any]:
    assert span.start is not None and span.end is not None
    value = {
        "ranges": [{"start": int(span.start) + 1, "end": int(span.end)}],
        "timelinelabels": [span.label],
    }
    return _result(id_, "timelinelabels", "timelineLabels", value, span.score)


def _result(
    id_: str, kind: str, source: str, value: dict[str, Any], score: float | None
) -> dict[str, Any]:
    result = {
        "id": id_, "type": kind, "from_name": source, "to_name": "video", "origin": "manual",
        "value": value,
    }  # fmt: skip
    return result if score is None else result | {"score": score}


def _config(
    labels: Sequence[FileLabel], used: dict[str, None], rate: Fraction | None
) -> Iterator[str]:
    def named(*kinds: str) -> list[str]:
        return list(dict.fromkeys(label.name for label in labels if label.kind in kinds))

    frame_rate = f' framerate="{float(rate):g}"' if rate else ""
    yield "<View>"
    yield f'  <Video name="video" value="$video"{frame_rate}/>'
    yield '  <VideoRectangle name="box" toName="video"/>'
    yield from _choice(
        "Labels", "videoLabels", "Label", list(dict.fromkeys([*named("object"), *used]))
    )
    yield from _choice("TimelineLabels", "timelineLabels", "Label", named("action", "segment"))
    yield from _choice("Choices", "classes", "Choice", named("video_class"))
    yield "</View>"


def _choice(tag: str, name: str, entry: str, names: list[str]) -> Iterator[str]:
    if names:
        yield f'  <{tag} name="{name}" toName="video">'
        yield from (f"    <{entry} value={quoteattr(each)}/>" for each in names)
        yield f"  </{tag}>"
