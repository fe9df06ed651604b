"""How often to look: fixed rates against looking more often where somebody moved far."""

from __future__ import annotations

import hashlib
import time
import uuid
from argparse import ArgumentParser
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np

from labeling.domain.errors import InvalidInput
from labeling.domain.tube import Tube
from labeling.media import read_frames
from mlbackend.bench.data_sets import add_data, add_weights, detectors_of
from mlbackend.bench.jhmdb import ActorClip, actor_clips, clip_timebase
from mlbackend.bench.registry import Say
from mlbackend.propose import detect
from mlbackend.propose.detectors.base import Detections, Detector
from mlbackend.propose.link import Observed
from mlbackend.propose.looks import looks
from mlbackend.propose.moving import MOST_TIMES
from mlbackend.propose.observe import looked
from mlbackend.propose.plan import frames_of
from mlbackend.propose.thin import pair_iou
from mlbackend.propose.tubes import tubes_of

HELP = "Recall and cost of detection rates, fixed and adaptive, on J-HMDB's clips"
# (rate in Hz, how many times oftener at most)
RATES = ((5.0, 1.0), (10.0, 1.0), (12.5, 1.0), (15.0, 1.0), (25.0, 1.0))
ADAPTIVE = ((5.0, MOST_TIMES), (8.0, MOST_TIMES), (10.0, MOST_TIMES))
RUN = str(uuid.UUID(int=0))


@dataclass
class Remembering:
    """A detector that looks at a picture once, but counts and times every look."""

    net: Detector
    known: dict[bytes, tuple[Detections, float]] = field(default_factory=dict)
    frames: int = 0
    spent_s: float = 0.0

    @property
    def categories(self) -> tuple[str, ...]:
        return self.net.categories

    def detect(self, frames_bgr: Sequence[np.ndarray]) -> list[Detections]:
        return [self._one(frame) for frame in frames_bgr]

    def close(self) -> None:
        self.net.close()

    def _one(self, frame: np.ndarray) -> Detections:
        key = hashlib.sha1(frame.tobytes(), usedforsecurity=False).digest()
        if key not in self.known:
            begun_s = time.process_time()
            found = self.net.detect([frame])[0]
            self.known[key] = found, time.process_time() - begun_s
        self.frames += 1
        self.spent_s += self.known[key][1]
        return self.known[key][0]


def add_arguments(parser: ArgumentParser) -> None:
    add_data(parser)
    add_weights(parser)
    parser.add_argument("--detector", default="yolox_nano")
    parser.add_argument("--every", type=int, default=1, help="only every n-th clip")


def run(options: dict[str, Any], say: Say) -> dict[str, Any]:
    """Print a table; a row a rate."""
    machine = detectors_of(options)
    try:
        net = Remembering(detect.load(options["detector"], machine))
    except detect.DetectorFailed as error:
        raise InvalidInput(str(error)) from error
    clips = actor_clips(options["data"])[:: options["every"]]
    say(f"{len(clips)} clips of J-HMDB, {detect.title_of(options['detector'], machine)}")
    say("rate        looks/s  CPU s  mean IoU  IoU>=.5  IoU>=.7  clips>=.5  keyframes")
    rows = {}
    for rate_hz, most in (*RATES, *ADAPTIVE):
        name = f"{rate_hz:g}" if most == 1.0 else f"{rate_hz:g} to {rate_hz * most:g}"
        row = rows[name] = measured(clips, net, rate_hz, most)
        say(
            f"{name:<12}{row['looks_hz']:>7.1f}{row['cpu_s']:>7.1f}{row['iou']:>10.3f}"
            f"{row['at_50']:>9.3f}{row['at_70']:>9.3f}{row['clips_at_50']:>11.3f}"
            f"{row['keyframes']:>11.2f}"
        )
    net.close()
    return {"clips": len(clips), "rates": rows}


def measured(
    clips: Sequence[ActorClip], net: Remembering, rate_hz: float, most: float
) -> dict[str, float]:
    """Detect, link and thin every clip; the figures are of the best tube for each actor."""
    net.frames, net.spent_s, lasts_s = 0, 0.0, 0.0
    scores = []
    for clip in clips:
        timebase = clip_timebase(clip.path)
        lasts_s += timebase.duration_s
        seen = []
        for frames in frames_of(timebase, rate_hz, most):
            pictures = read_frames(clip.path, timebase, frames.read(), pixel_format="bgr24")
            for frame, picture, found in looked(pictures, frames, net):
                people = found.of(net.categories.index("person"))
                seen.append(
                    Observed(
                        frame,
                        timebase.time_s(frame),
                        people.boxes.astype(np.float64),
                        people.scores.astype(np.float64),
                        looks(picture, people.boxes).astype(np.float64),
                    )
                )
        scores.append(_best(tubes_of(seen, label_id=1, run_id=RUN), clip))
    table = np.array(scores)
    found = table[:, 3] > 0
    return {
        "looks_hz": net.frames / lasts_s,
        "cpu_s": net.spent_s,
        "iou": float(table[:, 0].mean()),
        "at_50": float(table[:, 1].mean()),
        "at_70": float(table[:, 2].mean()),
        "clips_at_50": float((table[:, 0] >= 0.5).mean()),
        "keyframes": float(table[found, 3].mean()) if found.any() else 0.0,
    }


def _best(tubes: Sequence[Tube], clip: ActorClip) -> tuple[float, float, float, int]:
    """Mean IoU over the actor's frames, shares of at least .5 and .7, and keyframes."""
    best = (0.0, 0.0, 0.0, 0)
    true = np.arange(clip.start, clip.start + len(clip.boxes))
    for tube in tubes:
        frames, boxes = tube.dense()
        _, mine, theirs = np.intersect1d(frames, true, return_indices=True)
        overlap = np.zeros(len(true))
        overlap[theirs] = pair_iou(boxes[mine], clip.boxes[theirs])
        if overlap.mean() > best[0]:
            shares = float((overlap >= 0.5).mean()), float((overlap >= 0.7).mean())
            best = (float(overlap.mean()), *shares, len(tube.keyframes))
    return best
