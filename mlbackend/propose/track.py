"""Carries one box that a person drew through the pictures that follow, until it is unsure.

Every step moves the box with the points inside it (`track_flow`). Where a detector sees a person
about there, the box is pulled to what it sees, which keeps the size from drifting; how the drawn
box differs from the detector's on the drawn frame is kept all along, since people draw boxes in
their own way. The box is followed no further than it can be vouched for: it ends at a cut, where
the points lose hold, where the look is another's, and where most of it is outside the picture.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from enum import StrEnum

import cv2
import numpy as np
from numpy.typing import NDArray

from labeling.domain.box import iou_matrix
from mlbackend.propose.looks import looks
from mlbackend.propose.track_flow import moved

Floats = NDArray[np.float64]
Picture = NDArray[np.uint8]
# What a detector sees in a picture about a box: (N, 4) px and (N,) scores 0..1.
Look = Callable[[int, Picture, Floats], tuple[Floats, Floats]]


class Stop(StrEnum):
    """Why a box was carried no further."""

    LIMIT = "limit"
    END = "end"
    CUT = "cut"
    LEFT = "left"
    LOST = "lost"
    TIME = "time"


@dataclass(frozen=True, slots=True)
class TrackRules:
    """When a step is believed; see the module.

    `min_iou`: the overlap at which a detector's box is taken for the same person; `pull`: how far
    the box goes towards it. `max_error`: forward-backward error as a share of the shorter side.
    `min_alike`: likeness of colors to the drawn box's, 0..1. `patience`: steps in a row without
    support before the box counts as lost; it then ends where support did.
    """

    min_iou: float = 0.5
    min_score: float = 0.3
    pull: float = 0.4
    max_error: float = 0.06
    min_alike: float = 0.55
    min_texture: float = 0.35
    patience: int = 6
    min_inside: float = 0.4
    cut_change: float = 0.5


@dataclass(slots=True)
class Followed:
    """Frames (in the order followed) with their boxes in px, without the drawn one."""

    frames: list[int] = field(default_factory=list)
    boxes: list[Floats] = field(default_factory=list)
    stop: Stop = Stop.END


class Tracker:
    """Follows one box picture by picture; `start` it on the frame it was drawn on."""

    def __init__(self, look: Look | None = None, rules: TrackRules | None = None) -> None:
        self._look, self._rules = look, rules or TrackRules()

    def start(self, frame: int, picture: Picture, box: Floats) -> None:
        """Learn what the drawn box (4,) px shows. picture: (H, W, 3) BGR."""
        self._box = np.asarray(box, dtype=np.float64)
        self._gray = cv2.cvtColor(picture, cv2.COLOR_BGR2GRAY)
        self._drawn = looks(picture, self._box[None])[0]
        self._recent = self._drawn
        self._shades = _shades(self._gray)
        self._habit = np.zeros(4)
        self._unsupported = 0
        self._velocity = np.zeros(2)
        seen = self._seen(frame, picture, self._box)
        if seen is not None:
            size = np.tile(seen[2:] - seen[:2], 2)
            self._habit = np.clip((self._box - seen) / size, -0.35, 0.35)

    def step(self, frame: int, picture: Picture) -> tuple[Floats, bool] | Stop:
        """Go on to the next picture: the box and whether it is vouched for, or why it ends."""
        rules = self._rules
        gray = cv2.cvtColor(picture, cv2.COLOR_BGR2GRAY)
        shades = _shades(gray)
        if float(np.abs(shades - self._shades).sum()) / 2 > rules.cut_change:
            return Stop.CUT
        went = moved(self._gray, gray, self._box)
        holds = went is not None and went.error <= rules.max_error
        expected = went.box if holds and went else self._box + np.tile(self._velocity, 2)
        seen = self._seen(frame, picture, expected)
        box = expected if seen is None else expected + rules.pull * (self._own(seen) - expected)
        if _inside(box, gray.shape) < rules.min_inside:
            return Stop.LEFT
        vouched = self._vouched(picture, box, seen is not None, holds)
        self._unsupported = 0 if vouched else self._unsupported + 1
        if self._unsupported > rules.patience:
            return Stop.LOST
        shift = (box[:2] + box[2:] - self._box[:2] - self._box[2:]) / 2
        self._velocity = 0.7 * self._velocity + 0.3 * shift
        self._box, self._gray, self._shades = box, gray, shades
        return box, vouched

    def _vouched(self, picture: Picture, box: Floats, seen: bool, holds: bool) -> bool:
        """Whether this is still it: by its colors, and by the detector or the points."""
        rules = self._rules
        look = looks(picture, box[None])[0]
        alike = max(float(look @ self._drawn), float(look @ self._recent))
        good = alike >= rules.min_alike and (seen or holds)
        if good and seen:
            mixed = 0.9 * self._recent + 0.1 * look
            self._recent = (mixed / (np.linalg.norm(mixed) + 1e-12)).astype(np.float32)
        return good

    def _seen(self, frame: int, picture: Picture, about: Floats) -> Floats | None:
        """The detector's box of the same person, as the detector has it; None without one."""
        if self._look is None:
            return None
        boxes, scores = self._look(frame, picture, about)
        boxes, scores = (
            boxes[scores >= self._rules.min_score],
            scores[scores >= self._rules.min_score],
        )
        if not len(boxes):
            return None
        overlap = iou_matrix(about[None], np.array([self._own(box) for box in boxes]))[0]
        value = overlap + 0.15 * scores + 0.3 * (looks(picture, boxes) @ self._drawn)
        value[overlap < self._rules.min_iou] = -1.0
        best = int(value.argmax())
        return boxes[best] if value[best] >= 0 else None

    def _own(self, box: Floats) -> Floats:
        """A detector's box as the person who drew would have drawn it."""
        return box + self._habit * np.tile(box[2:] - box[:2], 2)


def _shades(gray: Picture) -> Floats:
    """How often each of 32 brightnesses is there: (32,), sum 1."""
    counts = np.bincount(gray[::2, ::2].ravel() >> 3, minlength=32)
    return counts / max(1, counts.sum())


def _inside(box: Floats, shape: tuple[int, ...]) -> float:
    """The share of a box inside a picture of (H, W, …)."""
    limit = np.array([shape[1], shape[0]], dtype=np.float64)
    part = np.clip(np.minimum(box[2:], limit) - np.maximum(box[:2], 0.0), 0.0, None).prod()
    return float(part / max((box[2:] - box[:2]).prod(), 1e-9))
