"""Compares detectors with boxes recorded from the same files on real frames."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np

from mlbackend.propose.detect import Host, load
from mlbackend.propose.detectors.base import Detections, DetectorFailed
from mlbackend.zoo.check import Row
from mlbackend.zoo.find import find_weights, sha256

GOLDEN = "person_detectors.json"
_FLOOR = 0.3
_RECORDED_THREADS = 2
# Detector -> its weights, its class of people, and how far boxes (px) and scores may be off.
_COMPARED = {
    "d2go": ("d2go_fasterrcnn", 1, 4.0, 0.05),
    "yolox_nano": ("yolox_nano", 0, 0.5, 0.01),
}


def check_detectors(machine: Host, names: Sequence[str], golden: Path) -> list[Row]:
    """Compare those detectors whose very files were recorded; nothing where no record is."""
    path = golden / GOLDEN
    if not path.is_file():
        return []
    recorded = json.loads(path.read_text())
    # As they were recorded: the int8 net's sums differ with the number of threads.
    machine = replace(machine, threads=_RECORDED_THREADS)
    frames = list(_frames(recorded["cases"], golden.parent / "clips"))
    rows = []
    for name, (weights, person, px, score) in _COMPARED.items():
        if names and not {name, weights} & set(names):
            continue
        file = find_weights(weights, machine.folders)
        if file is None or sha256(file) != recorded["detectors"][name]["sha256"]:
            rows.append(Row(name, "recorded boxes", None, "the recorded file is not here"))
        elif not frames:
            rows.append(Row(name, "recorded boxes", None, f"no clips in {golden.parent / 'clips'}"))
        else:
            rows.append(_compared(name, machine, frames, person, px, score))
    return rows


def _compared(
    name: str,
    machine: Host,
    frames: list[tuple[dict[str, Any], np.ndarray]],
    person: int,
    px: float,
    score: float,
) -> Row:
    try:
        detector = load(name, machine)
    except DetectorFailed as failed:
        return Row(name, "recorded boxes", False, str(failed))
    try:
        found = detector.detect([frame for _, frame in frames])
    finally:
        detector.close()
    off = boxes = 0
    for (case, frame), result in zip(frames, found, strict=True):
        boxes += len(case[name])
        off += _differing(result.of(person), case[name], frame, px, score)
    return Row(
        name, "recorded boxes", off == 0,
        f"{boxes} boxes on {len(frames)} frames, {off} off by more than {px} px or {score}",
    )  # fmt: skip


def _differing(
    found: Detections, wanted: list[dict[str, Any]], frame: np.ndarray, px: float, score: float
) -> int:
    """How many boxes of either side have no partner; those at the score's floor do not count."""
    height, width = frame.shape[:2]
    left = [at for at, value in enumerate(found.scores) if value >= _FLOOR - score]
    off = 0
    for each in wanted:
        box = np.clip(each["box"], 0, [width, height, width, height])
        gaps = [float(np.abs(found.boxes[at] - box).max()) for at in left]
        best = int(np.argmin(gaps)) if gaps else -1
        if best < 0 or gaps[best] > px or abs(found.scores[left[best]] - each["score"]) > score:
            off += int(each["score"] >= _FLOOR + score)
            continue
        left.pop(best)
    return off + sum(int(found.scores[at] >= _FLOOR + score) for at in left)


def _frames(
    cases: list[dict[str, Any]], clips: Path
) -> Iterator[tuple[dict[str, Any], np.ndarray]]:
    """The frames that are here and are those that were recorded."""
    import av

    for case in cases:
        path = clips / case["clip"]
        if not path.is_file():
            continue
        with av.open(str(path)) as container:
            for number, frame in enumerate(container.decode(video=0)):
                if number == case["frame"]:
                    picture = frame.to_ndarray(format="bgr24")
                    if hashlib.sha256(picture.tobytes()).hexdigest() == case["frame_sha256"]:
                        yield case, picture
                    break
