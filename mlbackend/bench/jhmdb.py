"""J-HMDB's test clips with the boxes of their actor, and what a detector finds on them."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from django.conf import settings
from numpy.typing import NDArray

from labeling.domain.errors import InvalidInput
from labeling.domain.timebase import Timebase
from labeling.formats.jhmdb import CLASSES, FORMAT
from labeling.media import decoded, main_stream, open_video, read_frames
from mlbackend.evaluate.tube_truth import read_annotations
from mlbackend.propose.detect import DETECTORS, Detector
from mlbackend.propose.link import Observed
from mlbackend.propose.sampling import detection_frames
from mlbackend.propose.store import DetectionStore

TRUTH = Path("jhmdb", "groundtruths_jhmdb.zip")
CLIPS = Path("clips", "jhmdb_subset")
PERSON = "person"


@dataclass(frozen=True, slots=True)
class ActorClip:
    """A clip of which one person, the actor, is annotated.

    label: the place of its class in `CLASSES`. start: the actor's first frame, 0-based.
    boxes: (F, 4) px, one a frame from `start` on.
    """

    name: str
    path: Path
    label: int
    start: int
    boxes: NDArray[np.float64]


def actor_clips(data: Path) -> list[ActorClip]:
    """Return the clips of a data folder that have both a file and boxes, by name.

    Raises:
        InvalidInput: the folder has neither.
    """
    files = {f"{path.parent.name}/{path.stem}": path for path in (data / CLIPS).rglob("*.avi")}
    truth = read_annotations(data / TRUTH, FORMAT, CLASSES, lambda _video: True)
    if truth.tubes is None:
        raise InvalidInput(f"{TRUTH.name} holds no tubes.")
    tubes, found = truth.tubes, []
    for row in range(len(tubes)):
        label = int(tubes.label[row])
        name = truth.videos[int(tubes.video[row])]
        path = files.get(f"{truth.classes[label]}/{name}")
        if path is not None:
            offset, count = int(tubes.offset[row]), int(tubes.count[row])
            boxes = tubes.box[offset : offset + count]
            found.append(ActorClip(name, path, label, int(tubes.start[row]) - 1, boxes))
    if not found:
        raise InvalidInput(
            f"{data} holds no clips of {CLIPS} with boxes in {TRUTH}; give the folder of the data "
            "sets with --data."
        )
    return sorted(found, key=lambda clip: clip.name)


def clip_timebase(path: Path) -> Timebase:
    """Return a clip's times: its ticks where they increase, else its average rate."""
    with open_video(path) as container:
        stream = main_stream(container)
        if stream is None:
            raise InvalidInput(f"{path.name} holds no video.")
        ticks = [frame.pts for frame in decoded(container, stream)]
        base, rate = stream.time_base, stream.average_rate
    steps = np.diff([tick or 0 for tick in ticks])
    if None not in ticks and base and len(ticks) > 1 and steps.min() > 0:
        end = ticks[-1] + int(np.median(steps))
        return Timebase((base.numerator, base.denominator), np.array(ticks), int(end))
    if not ticks or not rate:
        raise InvalidInput(f"{path.name} holds no frames.")
    return Timebase((rate.denominator, rate.numerator), np.arange(len(ticks)), len(ticks))


def observed(path: Path, timebase: Timebase, detector: str, net: Detector) -> list[Observed]:
    """Return what a detector finds at its own rate, kept in the home folder from run to run."""
    digest = hashlib.sha256(path.read_bytes()).hexdigest()
    rate_hz = DETECTORS[detector].rate_hz
    store = DetectionStore(settings.HOME_DIRS["features"] / "bench", digest, detector, rate_hz)
    if not store.has(0):
        frames = detection_frames(timebase, rate_hz).tolist()
        store.write(0, list(look(path, timebase, frames, net)), (PERSON,))
    return store.read(0)


def look(
    path: Path, timebase: Timebase, frames: Sequence[int], net: Detector
) -> Iterator[Observed]:
    """Detect people on the given frames of a file, in order."""
    from mlbackend.propose.looks import looks  # brings OpenCV

    person = net.categories.index(PERSON)
    for frame, picture in read_frames(path, timebase, frames, pixel_format="bgr24"):
        boxes, scores, _ = net.detect([picture])[0].of(person)
        yield Observed(
            frame,
            timebase.time_s(frame),
            boxes.astype(np.float64),
            scores.astype(np.float64),
            looks(picture, boxes).astype(np.float64),
        )
