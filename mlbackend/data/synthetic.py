"""Synthetic clips: people drawn by the project itself, with the exact truth of what was drawn.

A clip follows from its specification alone: the same one gives the same pixels, boxes,
identities and actions. Nothing is downloaded and nobody's footage is used.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from fractions import Fraction
from pathlib import Path

import av
import cv2
import numpy as np
from numpy.typing import NDArray

from mlbackend.data import scene
from mlbackend.data.actor import Actor
from mlbackend.data.figure import draw_figure

HIDDEN_SHARE = 0.12
OCCLUDED_SHARE = 0.85


@dataclass(frozen=True, slots=True)
class Act:
    """What a person does from `start_s` on: one or two action names, or none (standing).

    Two actions at once are allowed where one of them only takes an arm: ("walk", "wave").
    """

    start_s: float
    actions: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class PersonSpec:
    """A person: where, how tall, and what they do one act after the other.

    `x` is the start as a share of the width, `foot_y` the ground as a share of the height,
    `direction` 1 for right and -1 for left. People turn round at the clip's edges.
    """

    acts: tuple[Act, ...]
    x: float = 0.5
    foot_y: float = 0.9
    height_px: float = 130.0
    direction: int = 1
    leave_s: float = float("inf")
    enter_s: float = 0.0


@dataclass(frozen=True, slots=True)
class PostSpec:
    """A post that hides who walks behind it; `x` and `foot_y` as for people."""

    x: float
    foot_y: float = 0.97
    half_px: float = 12.0


@dataclass(frozen=True, slots=True)
class ClipSpec:
    """A clip: its size, length, people, and how it is lit and filmed.

    `light` scales the brightness (1 day, 0.35 dim); `camera` is "still", "pan" or "shake".
    """

    name: str
    seed: int
    people: tuple[PersonSpec, ...]
    duration_s: float = 8.0
    width: int = 480
    height: int = 360
    fps: Fraction = Fraction(25)
    camera: str = "still"
    light: float = 1.0
    posts: tuple[PostSpec, ...] = ()

    @property
    def frame_count(self) -> int:
        """Number of frames, at least one."""
        return max(1, round(self.duration_s * self.fps))


@dataclass(slots=True)
class PersonTruth:
    """What is true of one person; row f of each array is frame f.

    boxes: (F, 4) px, tight around the pixels of the body that can be seen; nan where hidden
    or out of the picture. occluded: (F,) whether something hides a part.
    actions: (name, start_frame, end_frame), half-open.
    """

    number: int
    boxes: NDArray[np.float64]
    occluded: NDArray[np.bool_]
    actions: list[tuple[str, int, int]]

    @property
    def visible(self) -> NDArray[np.bool_]:
        """(F,) whether the person can be seen."""
        return ~np.isnan(self.boxes[:, 0])


@dataclass(slots=True)
class ClipTruth:
    """What is true of a clip. Its boxes are filled frame by frame as the clip is rendered."""

    spec: ClipSpec
    people: list[PersonTruth] = field(default_factory=list)


def render_clip(spec: ClipSpec) -> tuple[Iterator[NDArray[np.uint8]], ClipTruth]:
    """Return the clip's frames, (H, W, 3) BGR, and its truth.

    The truth is complete once the last frame has been taken.
    """
    frames = spec.frame_count
    rng = np.random.default_rng(spec.seed)
    actors = [Actor(person, spec, rng) for person in spec.people]
    truth = ClipTruth(spec)
    for number, actor in enumerate(actors, start=1):
        truth.people.append(
            PersonTruth(
                number,
                np.full((frames, 4), np.nan),
                np.zeros(frames, dtype=bool),
                actor.spans(frames),
            )
        )
    return _frames(spec, actors, truth, rng), truth


def write_clip(path: Path, spec: ClipSpec) -> ClipTruth:
    """Render a clip into an MP4 file (H.264) and return its truth."""
    frames, truth = render_clip(spec)
    with av.open(str(path), "w", format="mp4") as container:
        stream = container.add_stream(
            "libx264",
            rate=spec.fps,
            # x264's macroblock tree gives other bytes from run to run on CPUs with AVX-512.
            options={"crf": "20", "preset": "veryfast", "x264-params": "mbtree=0"},
        )
        stream.width, stream.height, stream.pix_fmt = spec.width, spec.height, "yuv420p"
        stream.thread_count = 1  # the same bytes on any machine
        for frame in frames:
            container.mux(stream.encode(av.VideoFrame.from_ndarray(frame, format="bgr24")))
        container.mux(stream.encode())
    return truth


def clip_truth(spec: ClipSpec) -> ClipTruth:
    """Return the truth of a clip without writing it."""
    frames, truth = render_clip(spec)
    for _ in frames:
        pass
    return truth


def _frames(
    spec: ClipSpec, actors: list[Actor], truth: ClipTruth, rng: np.random.Generator
) -> Iterator[NDArray[np.uint8]]:
    backdrop = scene.background(spec.width, spec.height, rng)
    noise = scene.grain(spec.width, spec.height, rng)
    shades = rng.uniform(60, 110, len(spec.posts))
    phase = float(rng.uniform())
    cuts = rng.integers(0, 32, (spec.frame_count, 2))
    tones = np.clip(np.arange(256) * spec.light, 0, 255).astype(np.uint8)
    for index in range(spec.frame_count):
        t_s = float(index / spec.fps)
        offset = scene.camera_offset(spec.camera, t_s, phase)
        frame = scene.view(backdrop, spec.width, spec.height, offset)
        _draw_people(frame, spec, actors, truth, index, t_s, offset, shades)
        frame = cv2.LUT(cv2.GaussianBlur(frame, (3, 3), 0.6), tones)
        y, x = cuts[index]
        cut = noise[y : y + spec.height, x : x + spec.width]
        yield np.clip(frame + cut, 0, 255).astype(np.uint8)


def _draw_people(
    frame: NDArray[np.uint8],
    spec: ClipSpec,
    actors: list[Actor],
    truth: ClipTruth,
    index: int,
    t_s: float,
    offset: tuple[float, float],
    shades: NDArray[np.float64],
) -> None:
    """Draw people and posts from far to near; what is nearer takes pixels from the masks."""
    things: list[tuple[float, int, bool]] = [
        (actor.spec.foot_y, number, False)
        for number, actor in enumerate(actors)
        if actor.spec.enter_s <= t_s < actor.spec.leave_s
    ]
    things += [(post.foot_y, number, True) for number, post in enumerate(spec.posts)]
    masks: dict[int, NDArray[np.uint8]] = {}
    full: dict[int, int] = {}
    for _, number, is_post in sorted(things):
        if is_post:
            post = spec.posts[number]
            x1, y1, x2, y2 = scene.draw_post(
                frame,
                post.x * spec.width - offset[0],
                post.half_px,
                post.foot_y * spec.height - offset[1],
                float(shades[number]),
            )
            for mask in masks.values():
                mask[y1:y2, x1:x2] = 0
            continue
        mask = np.zeros(frame.shape[:2], np.uint8)
        if actors[number].draw(frame, mask, t_s, offset, draw_figure):
            for behind in masks.values():
                behind[mask > 0] = 0
            masks[number] = mask
            full[number] = cv2.countNonZero(mask)
    for number, mask in masks.items():
        _record(truth.people[number], index, mask, full[number])


def _record(person: PersonTruth, index: int, mask: NDArray[np.uint8], full: int) -> None:
    seen = cv2.countNonZero(mask)
    if full == 0 or seen < HIDDEN_SHARE * full or seen < 12:
        return
    x, y, width, height = cv2.boundingRect(mask)
    person.boxes[index] = (x, y, x + width, y + height)
    person.occluded[index] = seen < OCCLUDED_SHARE * full
