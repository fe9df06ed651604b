"""Stretches of reviewed videos in which something may be missing.

A video on which people reviewed tubes, and part of whose time nobody has called reviewed, is cut
into stretches of about `STRETCH_S`. Something is likely missing where the detector saw what no tube
has, and where a tube begins or stops in the middle of the picture. Where nothing speaks for it
chance decides, so that what no detector sees can be found as well.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from labeling.domain.ranges import difference
from labeling.domain.state import State
from labeling.domain.tube import Tube
from mlbackend.select import reasons
from mlbackend.select.candidates import VideoScene, Waiting
from mlbackend.select.draws import lot
from mlbackend.select.seen import Unlinked, unlinked
from mlbackend.select.viewing import Viewing

# Cut so that none is much longer or shorter; one that is shorter than the least is not asked about.
STRETCH_S, LEAST_S = 15.0, 1.0
# One place in so many of the queue.
EVERY = 10
# Closer than this share of the picture to its edge people come and go.
EDGE_SHARE = 0.03
# This much evidence makes it as likely as not.
HALF = 3.0
EVIDENCE, CHANCE = "missing evidence", "random"


@dataclass(frozen=True, eq=False)
class AskedStretch:
    """Frames [start, end) of a video in which something may be missing.

    Attributes:
        score: 0..1, how likely; 0 where chance chose.
        by: "missing evidence" or "random". probability: of being drawn, where chance chose.
    """

    key: tuple[Any, ...]
    scene: VideoScene
    start_frame: int
    end_frame: int
    score: float
    reason: str
    by: str = EVIDENCE
    probability: float | None = None


def asked_stretches(found: Waiting, seed: int) -> list[AskedStretch]:
    """All stretches to be asked about: by evidence, the likeliest first, then by lot."""
    each = [one for scene in found.scenes if _is_begun(scene) for one in _of_video(scene)]
    telling = sorted((s for s in each if s.score > 0), key=lambda s: (-s.score, s.key))
    silent = sorted(
        (s for s in each if s.score <= 0), key=lambda s: (lot(s.key, "stretch", seed), s.key)
    )
    drawn = [_by_chance(one, n, len(silent)) for n, one in enumerate(silent)]
    return telling + drawn


def with_stretches(
    viewings: Sequence[Viewing], stretches: Sequence[Viewing], batch: int
) -> list[Viewing]:
    """Put a stretch after every so many viewings, and a batch of them at most at the end."""
    waiting = list(stretches[: max(batch, len(viewings) // EVERY)])
    found: list[Viewing] = []
    for number, viewing in enumerate(viewings, start=1):
        found.append(viewing)
        if number % (EVERY - 1) == 0 and waiting:
            found.append(waiting.pop(0))
    return found + waiting


def stretches_of(scene: VideoScene) -> list[tuple[int, int]]:
    """Frames [start, end) of the video that nobody called reviewed, cut into stretches."""
    covered = scene.annotations.coverage_of(None)
    whole = [(0, scene.video.frame_count)]
    open_ = difference(whole, [(c.start_frame, c.end_frame) for c in covered])
    return [part for gap in open_ for part in _cut(scene, *gap)]


def _is_begun(scene: VideoScene) -> bool:
    """Whether people have reviewed tubes here: only then is it known what was looked at."""
    return any(tube.is_confirmed for tube in scene.annotations.tubes.values())


def _cut(scene: VideoScene, start: int, end: int) -> list[tuple[int, int]]:
    lasts_s = scene.seconds(start, end)
    if lasts_s < LEAST_S:
        return []
    count = max(1, round(lasts_s / STRETCH_S))
    inner = scene.times_s[start] + lasts_s * np.arange(1, count) / count
    edges = np.searchsorted(scene.times_s[start:end], inner - 1e-9) + start
    cuts = sorted({start, *edges.tolist(), end})
    return list(zip(cuts, cuts[1:], strict=False))


def _of_video(scene: VideoScene) -> list[AskedStretch]:
    parts = stretches_of(scene)
    if not parts:
        return []
    tubes = list(scene.annotations.tubes.values())
    missed = unlinked(scene, tubes)
    ends = open_ends(scene, [tube for tube in tubes if tube.state is not State.REJECTED])
    return [_asked(scene, start, end, missed, ends) for start, end in parts]


def _asked(
    scene: VideoScene, start: int, end: int, missed: Unlinked, ends: Sequence[tuple[int, str]]
) -> AskedStretch:
    """How likely something is missing between two frames, and why."""
    inside = (missed.frames >= start) & (missed.frames < end)
    own_ends = [(frame, text) for frame, text in ends if start <= frame < end]
    evidence = float(missed.weights[inside].sum()) + len(own_ends)
    said = []
    if inside.any():
        count = int(inside.sum())
        at = reasons.clock(scene.times_s[missed.frames[inside][np.argmax(missed.weights[inside])]])
        boxes = "detection" if count == 1 else "detections"
        said.append(f"{count} {boxes} without a tube, the surest at {at}")
    said += [text for _, text in own_ends[:2]]
    span = reasons.between(float(scene.times_s[start]), float(scene.times_s[end]))
    why = "; ".join(said) if said else reasons.RANDOM
    key = ("stretch", scene.video.sha256, start, end, scene.video.name)
    score = round(evidence / (evidence + HALF), 9)
    return AskedStretch(key, scene, start, end, score, f"is anything missing {span}? {why}")


def _by_chance(one: AskedStretch, place: int, count: int) -> AskedStretch:
    """The first of the lots has one chance in `count`, the second one of those left, and so on."""
    return AskedStretch(
        one.key, one.scene, one.start_frame, one.end_frame, 0.0, one.reason, CHANCE,
        1.0 / (count - place),
    )  # fmt: skip


def open_ends(scene: VideoScene, tubes: Sequence[Tube]) -> list[tuple[int, str]]:
    """Where tubes begin or stop in the middle of the picture: (frame just beyond, what is odd)."""
    video = scene.video
    size = np.array([video.width, video.height] * 2, dtype=np.float64)
    found = []
    for tube in tubes:
        first, last = tube.keyframes[0], tube.keyframes[-1]
        if first.frame > 0 and not _at_edge(np.array(first.box.as_list()), size):
            found.append((first.frame - 1, _open_end(scene, tube, "begins", first.frame)))
        goes_on = tube.end_frame < video.frame_count and not last.outside
        if goes_on and not _at_edge(np.array(last.box.as_list()), size):
            found.append((tube.end_frame, _open_end(scene, tube, "stops", last.frame)))
    return sorted(found)


def _open_end(scene: VideoScene, tube: Tube, verb: str, frame: int) -> str:
    at = reasons.clock(float(scene.times_s[frame]))
    return f"tube {tube.number or '?'} {verb} in the middle of the picture at {at}"


def _at_edge(box: NDArray[np.float64], size: NDArray[np.float64]) -> bool:
    margin = EDGE_SHARE * size
    low = (box[:2] <= margin[:2]).any()
    return bool(low or (box[2:] >= size[2:] - margin[2:]).any())
