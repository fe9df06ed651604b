"""How fast proposing is on a clip, as ratios to decoding the same clip in the same run.

    .venv/bin/python -m scripts.benchmark CLIP [DETECTOR ...]

Weights are looked for in TUBELAB_DETECTOR_WEIGHTS. Machines differ and are shared: read ratios.
"""

import os
import sys
import time
import uuid
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np

from labeling.domain.timebase import Timebase
from labeling.ingest.probe import Limits, probe
from labeling.media import read_frames
from mlbackend.propose import detect
from mlbackend.propose.link import Observed
from mlbackend.propose.looks import looks
from mlbackend.propose.sampling import detection_frames
from mlbackend.propose.tubes import tubes_of


def main(arguments: list[str]) -> None:
    path = Path(arguments[0])
    found = probe(path, path.name, Limits(picture_pixels=10**8, frames=10**6, total_pixels=10**13))
    timebase: Timebase = found.timebase
    decode_s, _ = timed(lambda: sum(1 for _ in read_frames(path, timebase)))
    per_frame = decode_s / timebase.frame_count
    print(f"{path.name}: {timebase.frame_count} frames; decoding is 1.0 per frame")
    print("detector        frames  per frame  tubes  keyframes  dense boxes a keyframe  link+thin")
    folders = tuple(Path(p) for p in (os.environ.get("TUBELAB_DETECTOR_WEIGHTS"),) if p)
    host = detect.Host(folders, threads=2, may_fetch=False)
    for name in arguments[1:] or list(detect.DETECTORS):
        if detect.missing_weights(name, host):
            print(f"{name:<15} has no weights here")
            continue
        report(name, path, timebase, host, per_frame)


def report(name: str, path: Path, timebase: Timebase, host: Any, per_frame: float) -> None:
    net = detect.load(name, host)
    frames = detection_frames(timebase, detect.DETECTORS[name].rate_hz)
    spent, observed = 0.0, []
    for frame, picture in read_frames(path, timebase, frames.tolist(), pixel_format="bgr24"):
        seconds, (boxes, scores, classes) = timed(lambda picture=picture: net.detect([picture])[0])
        spent += seconds
        seen = looks(picture, boxes).astype(np.float64)
        times = (boxes.astype(np.float64), scores.astype(np.float64), seen, classes)
        observed.append(Observed(frame, timebase.time_s(frame), *times))
    run_id, people = str(uuid.UUID(int=0)), {net.categories.index("person"): 1}
    linking_s, tubes = timed(lambda: tubes_of(observed, label_id=people, run_id=run_id))
    keyframes = sum(len(tube.keyframes) for tube in tubes)
    boxes = sum(len(tube.dense()[0]) for tube in tubes)
    print(
        f"{name:<15}{len(frames):>7}{spent / len(frames) / per_frame:>11.1f}{len(tubes):>7}"
        f"{keyframes:>11}{boxes / max(keyframes, 1):>24.1f}"
        f"{linking_s / (per_frame * timebase.frame_count):>11.2f}"
    )


def timed(work: Callable[[], Any]) -> tuple[float, Any]:
    """Seconds and result."""
    started = time.perf_counter()
    result = work()
    return time.perf_counter() - started, result


if __name__ == "__main__":
    main(sys.argv[1:])
