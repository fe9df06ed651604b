"""Scenes of which it is known who is who, with boxes as a detector would give them.

Drawn clips: people cross each other and walk behind posts; the boxes are the true ones with a
detector's faults (`faults`), their looks read off the rendered pictures. MOTChallenge: the two
sequences whose truth is at hand without pictures, once with the boxes a published tracker wrote
down, its ids dropped, and once with the true boxes and faults. J-HMDB: real detections on real
clips, of whose people only one is annotated.

Every scene is for choosing rules ("choose") or for reporting figures ("report"), never for both.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from labeling.domain.box import iou_matrix
from mlbackend.bench.jhmdb import actor_clips, clip_timebase, observed
from mlbackend.data.demo import random_spec
from mlbackend.data.synthetic import Act, ClipSpec, PersonSpec, PostSpec, render_clip
from mlbackend.evaluate.mot import Rows, read
from mlbackend.propose.detect import Detector
from mlbackend.propose.link import Observed
from mlbackend.propose.looks import looks

Floats = NDArray[np.float64]
MOT_FPS = 25.0
# Frames between detections, cycled through: every frame, and the rates the detectors are given.
STEPS = (1, 2, 4, 5)
DRAWN = 16


@dataclass(frozen=True, slots=True)
class Scene:
    """Boxes to link, and the truth: `Rows` with frames counted from 1, as MOT has them.

    partly: only one of the people is annotated; tracks that are not of them do not count.
    """

    name: str
    use: str
    seen: list[Observed]
    truth: Rows
    length: int
    partly: bool = False


@dataclass(frozen=True, slots=True)
class Faults:
    """What a detector does to true boxes.

    misses: the chance that a box is missing; in `blind` of the stretches of half a second all of a
    person's are. hidden: the chance that a box half behind another is missing. jitter: standard
    deviation of a side, in the box's own size. false: boxes a frame that are nobody's.
    """

    misses: float = 0.10
    blind: float = 0.04
    hidden: float = 0.5
    jitter: float = 0.04
    false: float = 0.25


def drawn_scenes(count: int = DRAWN, seed: int = 700) -> Iterator[Scene]:
    """Drawn clips of crossing people, at 25 frames a second or a part of them."""
    for number in range(count):
        spec = _spec(number, seed + number)
        rng = np.random.default_rng([seed, number])
        frames, truth = render_clip(spec)
        step, seen = STEPS[number % len(STEPS)], []
        for frame, picture in enumerate(frames):
            if frame % step == 0:
                people = [(p.number, p.boxes[frame]) for p in truth.people if p.visible[frame]]
                boxes, scores = faulty(people, frame / 25, picture.shape, rng, spec.seed)
                look = looks(picture, boxes).astype(np.float64)
                seen.append(Observed(frame, frame / 25, boxes, scores, look))
        rows = [
            (frame + 1, person.number, *person.boxes[frame])
            for person in truth.people
            for frame in np.flatnonzero(person.visible)
        ]
        yield Scene(spec.name, _use(number // len(STEPS)), seen, _rows(rows), spec.frame_count)


def mot_scenes(data: Path) -> Iterator[Scene]:
    """MOTChallenge sequences: halves of each, one to choose by and one to report."""
    for number, name in enumerate(("TUD-Campus", "TUD-Stadtmitte")):
        folder = data / "mot" / name
        truth = read(folder / "gt.txt", truth=True)
        length = int(truth.frame.max())
        tracked = read(folder / "test.txt", truth=False)
        boxes = {"tracker's boxes": _as_found(tracked, length)}
        for step in (1, 4):
            rng = np.random.default_rng([900 + number, step])
            boxes[f"faulty truth, every {step}"] = _as_faulty(truth, length, step, rng)
        for kind, seen in boxes.items():
            for use, (first, last) in (
                ("choose", (1, length // 2)),
                ("report", (length // 2 + 1, length)),
            ):
                inside = (truth.frame >= first) & (truth.frame <= last)
                part = [one for one in seen if first <= one.frame + 1 <= last]
                rows = Rows(truth.frame[inside], truth.id[inside], truth.box[inside])
                yield Scene(f"{name}, {kind}", use, part, rows, length)


def jhmdb_scenes(data: Path, detector: str, net: Detector) -> Iterator[Scene]:
    """Real clips with a detector's boxes."""
    for number, clip in enumerate(actor_clips(data)):
        timebase = clip_timebase(clip.path)
        seen = observed(clip.path, timebase, detector, net)
        frames = np.arange(len(clip.boxes)) + clip.start + 1
        truth = Rows(frames, np.ones_like(frames), clip.boxes)
        yield Scene(clip.name, _use(number), seen, truth, timebase.frame_count, partly=True)


def faulty(
    people: Sequence[tuple[int, Floats]],
    time_s: float,
    shape: tuple[int, ...],
    rng: np.random.Generator,
    seed: int,
    faults: Faults | None = None,
) -> tuple[Floats, Floats]:
    """Return boxes (N, 4) and scores (N,) of a detector that looks at these people.

    Args:
        people: (number, true box) of each.
        shape: (height, width, …) of the picture.
        seed: of the scene: people are lost in the same half seconds at any rate of detection.
    """
    faults = faults or Faults()
    true = np.array([box for _, box in people]).reshape(-1, 4)
    covered = _covered(true)
    boxes, scores = [], []
    for row, (number, box) in enumerate(people):
        missing = faults.hidden if covered[row] > 0.5 else faults.misses
        stretch = np.random.default_rng([seed, number, int(2 * time_s)])
        if rng.random() < missing or stretch.random() < faults.blind:
            continue
        size = np.tile(box[2:] - box[:2], 2)
        boxes.append(box + rng.normal(0.0, faults.jitter, 4) * size)
        low, high = (0.2, 0.6) if covered[row] > 0.3 else (0.45, 0.95)
        scores.append(rng.uniform(low, high))
    for _ in range(rng.poisson(faults.false)):
        size = rng.uniform(0.1, 0.4) * shape[0] * np.array([rng.uniform(0.3, 0.6), 1.0])
        corner = rng.uniform(0, 1, 2) * (np.array(shape[1::-1]) - size)
        boxes.append(np.concatenate([corner, corner + size]))
        scores.append(rng.uniform(0.2, 0.7))
    return np.array(boxes).reshape(-1, 4), np.array(scores)


def _spec(number: int, seed: int) -> ClipSpec:
    """Every other one: walkers and runners on crossing ways and posts; else the demo's mixture."""
    rng = np.random.default_rng(seed)
    camera = ("still", "pan", "shake")[number % 3]
    if number % 2:
        return random_spec(
            f"mixture {number}",
            seed,
            people=3 + number % 3,
            duration_s=8.0,
            camera=camera,
            post=True,
        )
    people = tuple(
        PersonSpec(
            acts=(Act(0.0, (str(rng.choice(["walk", "walk", "run"])),)),),
            x=float(rng.uniform(0.1, 0.9)),
            foot_y=float(rng.uniform(0.76, 0.97)),
            height_px=float(rng.uniform(0.3, 0.42) * 360),
            direction=int(rng.choice([-1, 1])),
        )
        for _ in range(3 + number % 4)
    )
    posts = tuple(PostSpec(float(x), half_px=14.0) for x in rng.uniform(0.2, 0.8, 2))
    return ClipSpec(f"crossing {number}", seed, people, 8.0, camera=camera, posts=posts)


def _as_found(rows: Rows, length: int) -> list[Observed]:
    """A tracker's boxes without its ids; all are as sure."""
    seen = []
    for frame in range(length):
        boxes = rows.box[rows.frame == frame + 1]
        seen.append(_observed(frame, boxes, np.full(len(boxes), 0.9)))
    return seen


def _as_faulty(rows: Rows, length: int, step: int, rng: np.random.Generator) -> list[Observed]:
    seen = []
    for frame in range(0, length, step):
        here = rows.frame == frame + 1
        people = [(int(i), box) for i, box in zip(rows.id[here], rows.box[here], strict=True)]
        boxes, scores = faulty(people, frame / MOT_FPS, (480, 640), rng, 900)
        seen.append(_observed(frame, boxes, scores))
    return seen


def _observed(frame: int, boxes: Floats, scores: Floats) -> Observed:
    return Observed(frame, frame / MOT_FPS, boxes, scores, np.zeros((len(boxes), 0)))


def _covered(boxes: Floats) -> Floats:
    """The largest share of each box that one nearer to the camera, with lower feet, covers."""
    overlap = iou_matrix(boxes, boxes)
    area = (boxes[:, 2:] - boxes[:, :2]).prod(axis=1)
    shared = overlap * (area[:, None] + area) / (1 + overlap)
    nearer = boxes[None, :, 3] > boxes[:, None, 3]
    return np.max(np.where(nearer, shared / area[:, None], 0.0), axis=1, initial=0.0)


def _rows(rows: Sequence[tuple[float, ...]]) -> Rows:
    table = np.array(rows, dtype=np.float64).reshape(-1, 6)
    return Rows(table[:, 0].astype(np.int64), table[:, 1].astype(np.int64), table[:, 2:])


def _use(number: int) -> str:
    return ("choose", "report")[number % 2]
