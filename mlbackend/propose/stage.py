"""The steps of proposing on one video: prepare, detect chunk by chunk, finish."""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import Any
from zipfile import BadZipFile

import numpy as np
from django.conf import settings

from labeling import api
from labeling.domain.errors import InvalidInput
from labeling.media import read_frames
from mlbackend.propose import detect
from mlbackend.propose.commit import tubes_commit
from mlbackend.propose.host import host, ready_detector
from mlbackend.propose.link import Observed
from mlbackend.propose.looks import looks
from mlbackend.propose.sampling import chunks, detection_frames
from mlbackend.propose.store import DetectionStore

CHUNK_S = 10.0
REPORT_EVERY_S = 0.7
# The share of a job's progress that detection takes; the rest is linking and recognizing.
DETECTION_SHARE = 0.8

Progress = Callable[[float, str], None]
Cursor = dict[str, Any]


def step(job: api.JobValue, progress: Progress) -> Cursor:
    """Do one step and return the cursor to go on from; with "result" in it the job is done."""
    video = api.video(job.video_id)
    cursor = dict(job.cursor)
    if "detector" not in cursor:
        cursor |= _prepare(job, progress)
    parts = chunks(*_plan(video, cursor["detector"]), CHUNK_S)
    store = _store(video, cursor["detector"])
    for number in range(int(cursor.get("chunk", 0)), len(parts)):
        cursor["chunk"] = number + 1
        if not store.has(number):
            report = _chunk_report(video, cursor, number, len(parts), progress)
            seen = observe(video, cursor["detector"], parts[number], report)
            store.write(number, seen, ready_detector(cursor["detector"], host()).categories)
            return cursor
    found = _read(store, len(parts))
    if found is None:
        return {**cursor, "chunk": 0}
    progress(DETECTION_SHARE, f"Linking people in {video.name}.")
    result = tubes_commit(
        video,
        job.id,
        found,
        store.categories() if parts else (),
        lambda share, message: progress(DETECTION_SHARE + (1 - DETECTION_SHARE) * share, message),
    )
    result |= {"detector": cursor["detector"], "note": cursor["note"]}
    return {**cursor, "result": result}


def observe(
    video: api.VideoValue,
    detector: str,
    frames: np.ndarray,
    report: Callable[[float], None] | None = None,
) -> list[Observed]:
    """Detect people on the given frames of a video.

    Raises:
        InvalidInput: the detector cannot be used any more.
    """
    wanted = [int(frame) for frame in frames]
    found, last = [], 0.0
    pictures = read_frames(
        video.source_path, video.timebase, wanted, rotation=video.rotation, pixel_format="bgr24"
    )
    try:
        net = ready_detector(detector, host())
        for frame, picture in pictures:
            boxes, scores, classes = net.detect([picture])[0]
            found.append(
                Observed(
                    frame,
                    video.timebase.time_s(frame),
                    boxes.astype(np.float64),
                    scores.astype(np.float64),
                    looks(picture, boxes).astype(np.float64),
                    classes,
                )
            )
            if report and time.monotonic() - last > REPORT_EVERY_S:
                last = time.monotonic()
                report(len(found) / len(wanted))
    except detect.DetectorFailed as error:
        ready_detector.cache_clear()
        raise InvalidInput(f"{video.name}: {error}", code="detector_failed") from error
    return found


def _prepare(job: api.JobValue, progress: Progress) -> Cursor:
    """Choose the detector, fetching Faster R-CNN's weights where that can be done."""
    project = api.project(job.project_id)
    wanted = str(job.params.get("detector") or project.settings.get("detector") or detect.AUTO)
    machine = host()
    failed = detect.ensure_weights(wanted, machine, lambda share, text: progress(0.0, text))
    try:
        choice = detect.choose(wanted, machine)
    except detect.DetectorFailed as error:
        raise InvalidInput(str(error), code="detector_unavailable") from error
    if failed:
        progress(0.0, failed)
    return {"detector": choice.name, "note": choice.note}


def _plan(video: api.VideoValue, detector: str) -> tuple[np.ndarray, Any]:
    rate_hz = detect.DETECTORS[detector].rate_hz
    return detection_frames(video.timebase, rate_hz), video.timebase


def _store(video: api.VideoValue, detector: str) -> DetectionStore:
    folder = settings.HOME_DIRS["features"]
    return DetectionStore(folder, video.sha256, detector, detect.DETECTORS[detector].rate_hz)


def _read(store: DetectionStore, count: int) -> list[Observed] | None:
    """All chunks in order; None, the bad one dropped, when one is lost or damaged."""
    found: list[Observed] = []
    for number in range(count):
        try:
            found += store.read(number)
        except (OSError, ValueError, KeyError, EOFError, BadZipFile):
            store.forget(number)
            return None
    return found


def _chunk_report(
    video: api.VideoValue, cursor: Cursor, number: int, count: int, progress: Progress
) -> Callable[[float], None]:
    title = detect.DETECTORS[cursor["detector"]].title

    def report(share: float) -> None:
        done = (number + share) / count
        second = round(done * video.timebase.duration_s)
        message = (
            f"Finding people in {video.name} with {title}: second {second} of "
            f"{round(video.timebase.duration_s)}."
        )
        progress(DETECTION_SHARE * done, message)

    return report
