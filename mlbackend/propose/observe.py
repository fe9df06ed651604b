"""Runs a detector over some frames of a video, and over more where something moves."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass

import numpy as np

from labeling import api
from labeling.domain.errors import InvalidInput
from labeling.media import read_frames
from mlbackend.propose import detect
from mlbackend.propose.host import host, ready_detector
from mlbackend.propose.link import Observed
from mlbackend.propose.looks import looks
from mlbackend.propose.moving import Picture, Stretch, moved, stretches

REPORT_EVERY_S = 0.7


@dataclass(frozen=True, slots=True)
class Frames:
    """Which frames of a stretch of video to look at, each list in order.

    always: in any case. maybe: only where something moves. after: the first frame of the next
    stretch that is looked at in any case, so that this one knows what moves at its end.
    """

    always: tuple[int, ...]
    maybe: tuple[int, ...] = ()
    after: int | None = None

    def read(self) -> list[int]:
        """Return every frame that has to be decoded."""
        ahead = [self.after] if self.after is not None and self.maybe else []
        return sorted({*self.always, *self.maybe, *ahead})


@dataclass(frozen=True, slots=True)
class Observation:
    """What was found on each frame, in order.

    categories: the names the boxes' categories count in. notice: what a person should know about
    how it went, or empty.
    """

    seen: list[Observed]
    categories: tuple[str, ...]
    notice: str


def observe(
    video: api.VideoValue,
    detector: str,
    frames: Frames,
    report: Callable[[float], None] | None = None,
) -> Observation:
    """Detect on the given frames of a video.

    Args:
        report: told now and then which share of the frames is done; may raise to stop.

    Raises:
        InvalidInput: the detector cannot be used any more.
    """
    pictures = read_frames(
        video.source_path,
        video.timebase,
        frames.read(),
        rotation=video.rotation,
        pixel_format="bgr24",
    )
    seen: list[Observed] = []
    last_s = 0.0
    try:
        net = ready_detector(detector, host(video.project_id))
        for frame, picture, found in looked(pictures, frames, net):
            seen.append(_observed(video, frame, picture, found))
            if report and time.monotonic() - last_s > REPORT_EVERY_S:
                last_s = time.monotonic()
                report(float(np.searchsorted(frames.always, frame)) / len(frames.always))
    except detect.DetectorFailed as error:
        ready_detector.cache_clear()
        raise InvalidInput(f"{video.name}: {error}", code="detector_failed") from error
    return Observation(seen, net.categories, getattr(_batches_of(net), "notice", ""))


def looked(
    pictures: Iterator[Picture], frames: Frames, net: detect.Detector
) -> Iterator[tuple[int, np.ndarray, detect.Detections]]:
    """Yield every frame looked at with what was found, in order.

    The frames after one are looked at when the next one shows that something moved.
    """
    size = getattr(_batches_of(net), "size", 1)
    always = [*frames.always, *([] if frames.after is None else [frames.after])]
    held: tuple[Stretch, detect.Detections] | None = None
    for group in stretches(pictures, always, size):
        found = net.detect([each.first[1] for each in group])
        for stretch, here in zip(group, found, strict=True):
            if held is not None:
                yield from _from(*held, here, net)
            held = stretch, here
    if held is not None and held[0].first[0] != frames.after:
        yield from _from(*held, held[1], net)


def _from(
    stretch: Stretch, found: detect.Detections, after: detect.Detections, net: detect.Detector
) -> Iterator[tuple[int, np.ndarray, detect.Detections]]:
    yield *stretch.first, found
    if stretch.between and moved(found, after, net.categories):
        more = net.detect([picture for _, picture in stretch.between])
        for (frame, picture), each in zip(stretch.between, more, strict=True):
            yield frame, picture, each


def _batches_of(net: detect.Detector) -> object | None:
    return getattr(net, "batches", None)


def _observed(
    video: api.VideoValue, frame: int, picture: np.ndarray, found: detect.Detections
) -> Observed:
    return Observed(
        frame,
        video.timebase.time_s(frame),
        found.boxes.astype(np.float64),
        found.scores.astype(np.float64),
        looks(picture, found.boxes).astype(np.float64),
        found.classes,
    )
