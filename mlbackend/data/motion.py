"""How bodies move: a pose for each action and moment, with each person's own manner."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace

import numpy as np

from mlbackend.data.body import Pose

ACTIONS = ("walk", "run", "wave", "squat", "jump", "fall")


@dataclass(frozen=True, slots=True)
class Manner:
    """A person's way of moving: pace and reach are factors around 1, phase is in cycles."""

    pace: float = 1.0
    reach: float = 1.0
    phase: float = 0.0


@dataclass(frozen=True, slots=True)
class Motion:
    """An action: the pose `t_s` seconds after it began, and its speed in body heights a second.

    `side` says whether the body is seen from the side (True) or from the front.
    """

    pose: Callable[[float, Manner], Pose]
    speed: float
    side: bool


def stand(t_s: float, manner: Manner) -> Pose:
    """Standing, swaying a little."""
    sway = 0.03 * np.sin(2 * np.pi * (0.3 * t_s + manner.phase))
    return Pose(arm_l=0.05 + sway, arm_r=0.05 - sway, lean=0.02 + sway / 3)


def walk(t_s: float, manner: Manner) -> Pose:
    """A walk: about 0.9 strides a second, arms against legs, the knee bent while swinging."""
    return _gait(t_s, manner, rate_hz=0.92, hip=0.44, knee=0.95, arm=0.42, elbow=0.25, lean=0.05)


def run(t_s: float, manner: Manner) -> Pose:
    """A run: long strides, heels high, elbows bent, leaning, both feet off the ground twice."""
    pose = _gait(t_s, manner, rate_hz=1.45, hip=0.78, knee=1.75, arm=0.75, elbow=1.5, lean=0.24)
    cycle = 1.45 * manner.pace * t_s + manner.phase
    return replace(pose, lift=0.035 * abs(np.sin(2 * np.pi * cycle)))


def wave(t_s: float, manner: Manner) -> Pose:
    """Standing with one arm up, the forearm swinging about twice a second."""
    return raised_arm(stand(t_s, manner), t_s, manner)


def raised_arm(pose: Pose, t_s: float, manner: Manner) -> Pose:
    """Return the pose with its right arm waving."""
    swing = np.sin(2 * np.pi * (1.9 * manner.pace * t_s + manner.phase))
    return replace(
        pose,
        arm_r=0.1,
        arm_spread_r=1.95,
        forearm_r=0.1,
        forearm_spread_r=2.95 + 0.6 * manner.reach * swing,
    )


def squat(t_s: float, manner: Manner) -> Pose:
    """Down and up again in about two seconds, arms forward."""
    depth = 0.5 - 0.5 * np.cos(2 * np.pi * 0.5 * manner.pace * t_s)
    depth *= min(1.0, 0.92 * manner.reach)
    return Pose(
        thigh_l=1.75 * depth,
        thigh_r=1.75 * depth,
        shank_l=-0.65 * depth,
        shank_r=-0.65 * depth,
        thigh_spread=0.08 + 0.25 * depth,
        arm_l=1.45 * depth,
        arm_r=1.45 * depth,
        forearm_l=1.5 * depth + 0.1,
        forearm_r=1.5 * depth + 0.1,
        lean=0.6 * depth,
    )


def jump(t_s: float, manner: Manner) -> Pose:
    """Again and again: crouch, fly with arms up, land; about one jump a second."""
    cycle = (0.95 * manner.pace * t_s) % 1.0
    flight = np.clip((cycle - 0.35) / 0.45, 0.0, 1.0)
    height = 4.0 * flight * (1.0 - flight)
    crouch = max(0.0, np.sin(np.pi * np.clip(cycle / 0.35, 0, 1)))
    crouch = max(crouch, 0.6 * np.sin(np.pi * np.clip((cycle - 0.8) / 0.2, 0, 1)))
    return Pose(
        thigh_l=0.75 * crouch,
        thigh_r=0.75 * crouch,
        shank_l=-0.55 * crouch,
        shank_r=-0.55 * crouch,
        arm_spread_l=0.2 + 2.3 * height,
        arm_spread_r=0.2 + 2.3 * height,
        forearm_spread_l=0.2 + 2.6 * height,
        forearm_spread_r=0.2 + 2.6 * height,
        arm_l=-0.5 * crouch,
        arm_r=-0.5 * crouch,
        lean=0.3 * crouch,
        lift=0.2 * manner.reach * height,
    )


def fall(t_s: float, manner: Manner) -> Pose:
    """Down to the ground in most of a second, then lying."""
    down = float(np.clip(t_s * manner.pace / 0.85, 0.0, 1.0)) ** 1.7
    return Pose(
        thigh_l=0.5 * down,
        thigh_r=0.15 * down,
        shank_l=-0.5 * down,
        shank_r=-0.25 * down,
        arm_l=1.9 * down,
        arm_r=2.4 * down,
        forearm_l=2.1 * down,
        forearm_r=2.6 * down,
        lean=0.1 * down,
        pitch=1.45 * down,
    )


def _gait(
    t_s: float,
    manner: Manner,
    *,
    rate_hz: float,
    hip: float,
    knee: float,
    arm: float,
    elbow: float,
    lean: float,
) -> Pose:
    cycle = 2 * np.pi * (rate_hz * manner.pace * t_s + manner.phase)
    swing = {"l": np.sin(cycle), "r": -np.sin(cycle)}
    lifted = {"l": max(0.0, np.cos(cycle)), "r": max(0.0, -np.cos(cycle))}
    thigh = {side: manner.reach * hip * (swing[side] + 0.12) for side in "lr"}
    shank = {side: thigh[side] - 0.08 - knee * lifted[side] for side in "lr"}
    return Pose(
        thigh_l=thigh["l"],
        thigh_r=thigh["r"],
        shank_l=shank["l"],
        shank_r=shank["r"],
        arm_l=-manner.reach * arm * swing["l"],
        arm_r=-manner.reach * arm * swing["r"],
        forearm_l=-manner.reach * arm * swing["l"] + elbow,
        forearm_r=-manner.reach * arm * swing["r"] + elbow,
        lean=lean,
    )


MOTIONS: dict[str, Motion] = {
    "stand": Motion(stand, 0.0, False),
    "walk": Motion(walk, 0.78, True),
    "run": Motion(run, 1.75, True),
    "wave": Motion(wave, 0.0, False),
    "squat": Motion(squat, 0.0, False),
    "jump": Motion(jump, 0.0, False),
    "fall": Motion(fall, 0.12, True),
}
