"""Runs a detector over some frames of a video."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass

import numpy as np

from labeling import api
from labeling.domain.errors import InvalidInput
from labeling.media import read_frames
from mlbackend.propose import detect
from mlbackend.propose.host import host, ready_detector
from mlbackend.propose.link import Observed
from mlbackend.propose.looks import looks

REPORT_EVERY_S = 0.7
Picture = tuple[int, np.ndarray]


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
    frames: Sequence[int],
    report: Callable[[float], None] | None = None,
) -> Observation:
    """Detect on the given frames of a video.

    Args:
        report: told now and then which share of the frames is done; may raise to stop.

    Raises:
        InvalidInput: the detector cannot be used any more.
    """
    wanted = [int(frame) for frame in frames]
    pictures = read_frames(
        video.source_path, video.timebase, wanted, rotation=video.rotation, pixel_format="bgr24"
    )
    seen: list[Observed] = []
    last_s = 0.0
    try:
        net = ready_detector(detector, host(video.project_id))
        for batch in batches(pictures, net):
            found = net.detect([picture for _, picture in batch])
            for (frame, picture), each in zip(batch, found, strict=True):
                seen.append(_observed(video, frame, picture, each))
            if report and time.monotonic() - last_s > REPORT_EVERY_S:
                last_s = time.monotonic()
                report(len(seen) / len(wanted))
    except detect.DetectorFailed as error:
        ready_detector.cache_clear()
        raise InvalidInput(f"{video.name}: {error}", code="detector_failed") from error
    return Observation(seen, net.categories, getattr(_batches_of(net), "notice", ""))


def batches(pictures: Iterator[Picture], net: detect.Detector) -> Iterator[list[Picture]]:
    """Group pictures as many as the detector takes at a time; that may shrink on the way."""
    batch: list[Picture] = []
    for picture in pictures:
        batch.append(picture)
        if len(batch) >= getattr(_batches_of(net), "size", 1):
            yield batch
            batch = []
    if batch:
        yield batch


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
