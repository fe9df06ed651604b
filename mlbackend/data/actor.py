"""One person of a synthetic clip: where they are, how they stand, what they wear."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

import cv2
import numpy as np
from numpy.typing import NDArray

from mlbackend.data.body import Pose, joints, project
from mlbackend.data.figure import Clothes
from mlbackend.data.motion import MOTIONS, Manner, raised_arm

if TYPE_CHECKING:
    from mlbackend.data.synthetic import Act, ClipSpec, PersonSpec

BLEND_S = 0.28
STEP_S = 0.02
# How far a body seen "from the side" or "from the front" is turned, in radians.
SIDE_YAW, FRONT_YAW = 1.25, 0.35


class Actor:
    """Plays a person's acts: position and pose at any moment of the clip."""

    def __init__(self, spec: PersonSpec, clip: ClipSpec, rng: np.random.Generator) -> None:
        """Draw the person's manner and clothes; walk their way once from start to end."""
        self.spec, self._clip = spec, clip
        self._manner = Manner(
            pace=float(rng.uniform(0.88, 1.14)),
            reach=float(rng.uniform(0.88, 1.1)),
            phase=float(rng.uniform()),
        )
        self._yaw = (SIDE_YAW + rng.uniform(-0.2, 0.2), FRONT_YAW * rng.uniform(-1, 1))
        self._clothes = _clothes(rng)
        self._x, self._direction = self._walk_through()

    def spans(self, frame_count: int) -> list[tuple[str, int, int]]:
        """Return (action, start_frame, end_frame) of every action, in the order of the acts."""
        fps = self._clip.fps
        found = []
        for act, end_s in self._acts():
            start = round(max(act.start_s, self.spec.enter_s) * fps)
            end = min(frame_count, round(min(end_s, self.spec.leave_s) * fps))
            found += [(name, start, end) for name in act.actions if end > start]
        return found

    def draw(
        self,
        frame: NDArray[np.uint8],
        mask: NDArray[np.uint8],
        t_s: float,
        offset: tuple[float, float],
        draw_figure: Callable[..., object],
    ) -> bool:
        """Draw the person at a moment, and their shadow; return whether they are in the frame."""
        step = min(int(t_s / STEP_S), len(self._x) - 1)
        x_px = float(self._x[step]) - offset[0]
        foot_px = self.spec.foot_y * self._clip.height - offset[1]
        pose = self._pose(t_s)
        flat, depth = project(joints(pose), self._facing(t_s, int(self._direction[step])))
        points = np.column_stack(
            [x_px + flat[:, 0] * self.spec.height_px, foot_px - flat[:, 1] * self.spec.height_px]
        )
        _shadow(frame, points, foot_px, self.spec.height_px)
        window = draw_figure(frame, points, depth, self.spec.height_px, self._clothes, mask)
        return window is not None

    def _acts(self) -> list[tuple[Act, float]]:
        """Each act with the second it ends."""
        acts = self.spec.acts
        ends = [act.start_s for act in acts[1:]] + [self._clip.duration_s]
        return list(zip(acts, ends, strict=True))

    def _act_index(self, t_s: float) -> int:
        starts = [act.start_s for act in self.spec.acts]
        return max(0, int(np.searchsorted(starts, t_s, side="right")) - 1)

    def _pose(self, t_s: float) -> Pose:
        """The pose of the act, reached from the one before within `BLEND_S`."""
        index = self._act_index(t_s)
        act = self.spec.acts[index]
        pose = _act_pose(act, t_s - act.start_s, self._manner)
        since = t_s - act.start_s
        if index == 0 or since >= self._blend_s(index):
            return pose
        before = self.spec.acts[index - 1]
        weight = 0.5 - 0.5 * np.cos(np.pi * since / self._blend_s(index))
        return _act_pose(before, t_s - before.start_s, self._manner).blended(pose, float(weight))

    def _blend_s(self, index: int) -> float:
        """Getting up takes longer than changing step."""
        return 0.9 if "fall" in self.spec.acts[index - 1].actions else BLEND_S

    def _facing(self, t_s: float, direction: int) -> float:
        """Yaw: sideways in motion, towards the viewer on the spot, turning in between."""
        index = self._act_index(t_s)
        target = self._act_yaw(index, direction)
        since = t_s - self.spec.acts[index].start_s
        if index == 0 or since >= BLEND_S:
            return target
        return target + (self._act_yaw(index - 1, direction) - target) * (1 - since / BLEND_S)

    def _act_yaw(self, index: int, direction: int) -> float:
        actions = self.spec.acts[index].actions
        if not any(MOTIONS[name].side for name in actions):
            return self._yaw[1]
        # Who waves in passing turns half to the viewer, or the arm would hide behind the head.
        return direction * (self._yaw[0] if "wave" not in actions else 0.6 * self._yaw[0])

    def _walk_through(self) -> tuple[NDArray[np.float64], NDArray[np.int8]]:
        """Positions in pixels and directions every `STEP_S`, turning round at the edges."""
        steps = int(self._clip.duration_s / STEP_S) + 2
        xs, directions = np.empty(steps), np.empty(steps, dtype=np.int8)
        x, direction = self.spec.x * self._clip.width, self.spec.direction
        edge = min(0.35 * self.spec.height_px, 0.2 * self._clip.width)
        for step in range(steps):
            act = self.spec.acts[self._act_index(step * STEP_S)]
            speed = max((MOTIONS[name].speed for name in act.actions), default=0.0)
            if "fall" in act.actions and step * STEP_S - act.start_s > 0.8:
                speed = 0.0
            if not edge <= x <= self._clip.width - edge:
                direction = 1 if x < edge else -1
            x += direction * speed * self._manner.pace * self.spec.height_px * STEP_S
            xs[step], directions[step] = x, direction
        return xs, directions


def _act_pose(act: Act, since_s: float, manner: Manner) -> Pose:
    """The pose of an act; a wave on top of another action only takes the arm."""
    whole = [name for name in act.actions if name != "wave"]
    if not act.actions:
        return MOTIONS["stand"].pose(since_s, manner)
    if not whole:
        return MOTIONS["wave"].pose(since_s, manner)
    pose = MOTIONS[whole[0]].pose(since_s, manner)
    return raised_arm(pose, since_s, manner) if "wave" in act.actions else pose


def _shadow(
    frame: NDArray[np.uint8], points: NDArray[np.float64], foot_px: float, height_px: float
) -> None:
    """Darken the ground below a body; a shadow is not part of anybody's box."""
    reach = max(0.12 * height_px, float(np.ptp(points[:, 0])) / 2)
    center = (int(points[:, 0].mean()), int(foot_px))
    x1, x2 = int(max(0, center[0] - reach)), int(min(frame.shape[1], center[0] + reach))
    y1, y2 = max(0, center[1] - 6), min(frame.shape[0], center[1] + 6)
    if x2 <= x1 or y2 <= y1:
        return
    patch = frame[y1:y2, x1:x2]
    dark = patch.copy()
    axes = (int(reach), max(2, int(0.035 * height_px)))
    cv2.ellipse(dark, (center[0] - x1, center[1] - y1), axes, 0, 0, 360, (62, 62, 62), -1)
    cv2.addWeighted(dark, 0.35, patch, 0.65, 0.0, dst=patch)


def _clothes(rng: np.random.Generator) -> Clothes:
    """Dark or light clothes: the backgrounds are in between."""
    dark_shirt = rng.random() < 0.55
    shirt = rng.uniform(15, 80, 3) if dark_shirt else rng.uniform(185, 250, 3)
    if rng.random() < 0.5:
        shirt[rng.integers(3)] = rng.uniform(150, 220)
    trousers = rng.uniform(15, 70, 3)
    if not dark_shirt or rng.random() < 0.2:
        trousers = rng.uniform(20, 75, 3)
    skin = np.array([120, 155, 205]) * rng.uniform(0.45, 1.1)
    return Clothes(
        shirt=tuple(shirt),
        trousers=tuple(trousers),
        skin=tuple(skin),
        hair=tuple(rng.uniform(15, 75) * np.array([0.7, 0.85, 1.0])),
        shoes=tuple(rng.uniform(15, 60, 3)),
        long_sleeves=bool(rng.random() < 0.6),
    )
