"""The clips of the loop: what is proposed on and reviewed, and what only measures."""

from dataclasses import dataclass
from pathlib import Path

import numpy as np

from labeling.domain.span import Span
from labeling.domain.tube import Tube
from mlbackend.data.demo import random_spec
from mlbackend.data.motion import ACTIONS
from mlbackend.data.synthetic import ClipTruth, write_clip
from mlbackend.data.truth import truth_spans, truth_tubes

TRAIN, HOLD_OUT = 4, 5
PEOPLE, DURATION_S = 3, 8.0


@dataclass(frozen=True)
class Clip:
    """A file and the exact truth of what was drawn into it."""

    path: Path
    truth: ClipTruth

    @property
    def name(self) -> str:
        return self.path.name

    def tubes(self, label_id: int) -> list[Tube]:
        """The people, with a keyframe on every fifth frame."""
        return truth_tubes(self.truth, label_id, every=5)

    def spans(self, labels: dict[str, int]) -> list[Span]:
        """What they do, on those tubes."""
        return truth_spans(self.truth, labels)


def clips_write(folder: Path) -> tuple[list[Clip], list[Clip]]:
    """Draw the clips: (to train on, to measure on)."""
    return (
        [clip_write(folder, f"yard_{i}", 100 + i) for i in range(TRAIN)],
        [clip_write(folder, f"street_{i}", 200 + i) for i in range(HOLD_OUT)],
    )


def clip_write(
    folder: Path, name: str, seed: int, people: int = PEOPLE, duration_s: float = DURATION_S
) -> Clip:
    """Draw one clip."""
    light = float(np.random.default_rng(seed).choice([1.0, 0.8]))
    spec = random_spec(name, seed, people=people, duration_s=duration_s, light=light)
    path = folder / f"{name}.mp4"
    return Clip(path, write_clip(path, spec))


__all__ = ["ACTIONS", "Clip", "clip_write", "clips_write"]
