"""A jointed body in three dimensions, in units of its own height.

Axes: x to the body's left, y up, z forward. A limb's direction is given by two angles in
radians: `flex` swings it forward from hanging straight down, `spread` lifts it sideways.
"""

from __future__ import annotations

from dataclasses import dataclass, fields

import numpy as np
from numpy.typing import NDArray

# Segment lengths as shares of the standing height (Drillis and Contini's proportions, rounded).
THIGH, SHANK, FOOT, ANKLE = 0.245, 0.246, 0.11, 0.04
TORSO, NECK, HEAD = 0.29, 0.05, 0.115
UPPER_ARM, FOREARM = 0.17, 0.19
HIP_HALF, SHOULDER_HALF = 0.052, 0.112

JOINTS = (
    "hip_l", "hip_r", "knee_l", "knee_r", "ankle_l", "ankle_r", "toe_l", "toe_r",
    "pelvis", "chest", "shoulder_l", "shoulder_r", "elbow_l", "elbow_r", "hand_l", "hand_r",
    "chin", "crown",
)  # fmt: skip
INDEX = {name: index for index, name in enumerate(JOINTS)}


@dataclass(frozen=True, slots=True)
class Pose:
    """Angles of a body, in radians; `lift` is its height above the ground in body heights.

    `lean` bends the torso forward, `pitch` turns the whole body forward about its side axis.
    """

    thigh_l: float = 0.0
    thigh_r: float = 0.0
    shank_l: float = 0.0
    shank_r: float = 0.0
    thigh_spread: float = 0.05
    shank_spread: float = 0.02
    arm_l: float = 0.05
    arm_r: float = 0.05
    arm_spread_l: float = 0.12
    arm_spread_r: float = 0.12
    forearm_l: float = 0.2
    forearm_r: float = 0.2
    forearm_spread_l: float = 0.06
    forearm_spread_r: float = 0.06
    lean: float = 0.0
    pitch: float = 0.0
    lift: float = 0.0

    def blended(self, other: Pose, weight: float) -> Pose:
        """Return the pose `weight` of the way to `other`."""
        return Pose(
            *(
                (1.0 - weight) * getattr(self, field.name) + weight * getattr(other, field.name)
                for field in fields(self)
            )
        )


def joints(pose: Pose) -> NDArray[np.float64]:
    """Return the joints (18, 3) of a pose, standing on y = 0 (plus its lift)."""
    points = np.zeros((len(JOINTS), 3))
    up = np.array([0.0, np.cos(pose.lean), np.sin(pose.lean)])
    points[INDEX["chest"]] = TORSO * up
    points[INDEX["chin"]] = (TORSO + NECK) * up
    points[INDEX["crown"]] = (TORSO + NECK + HEAD) * up
    for side, sign in (("l", 1.0), ("r", -1.0)):
        _leg(points, pose, side, sign)
        _arm(points, pose, side, sign)
    turn = _about_x(pose.pitch)
    points = points @ turn.T
    points[:, 1] += pose.lift - float(points[:, 1].min()) + 0.02
    return points


def project(points: NDArray[np.float64], yaw: float) -> tuple[NDArray, NDArray]:
    """Return screen positions (J, 2), x right and y up, and depth (J,), larger is nearer.

    A body with yaw 0 faces the viewer; with yaw pi/2 it faces the right of the screen.
    """
    right = points[:, 0] * np.cos(yaw) + points[:, 2] * np.sin(yaw)
    near = points[:, 2] * np.cos(yaw) - points[:, 0] * np.sin(yaw)
    return np.column_stack([right, points[:, 1]]), near


def _leg(points: NDArray[np.float64], pose: Pose, side: str, sign: float) -> None:
    hip = np.array([sign * HIP_HALF, 0.0, 0.0])
    shank = getattr(pose, f"shank_{side}")
    knee = hip + THIGH * _direction(getattr(pose, f"thigh_{side}"), sign * pose.thigh_spread)
    ankle = knee + SHANK * _direction(shank, sign * pose.shank_spread)
    points[INDEX[f"hip_{side}"]] = hip
    points[INDEX[f"knee_{side}"]] = knee
    points[INDEX[f"ankle_{side}"]] = ankle
    points[INDEX[f"toe_{side}"]] = ankle + FOOT * _direction(shank + 1.3, sign * 0.1)


def _arm(points: NDArray[np.float64], pose: Pose, side: str, sign: float) -> None:
    shoulder = points[INDEX["chest"]] * 0.96 + np.array([sign * SHOULDER_HALF, 0.0, 0.0])
    upper = _direction(
        getattr(pose, f"arm_{side}") + pose.lean, sign * getattr(pose, f"arm_spread_{side}")
    )
    lower = _direction(
        getattr(pose, f"forearm_{side}") + pose.lean,
        sign * getattr(pose, f"forearm_spread_{side}"),
    )
    elbow = shoulder + UPPER_ARM * upper
    points[INDEX[f"shoulder_{side}"]] = shoulder
    points[INDEX[f"elbow_{side}"]] = elbow
    points[INDEX[f"hand_{side}"]] = elbow + FOREARM * lower


def _direction(flex: float, spread: float) -> NDArray[np.float64]:
    return np.array([np.sin(spread), -np.cos(spread) * np.cos(flex), np.cos(spread) * np.sin(flex)])


def _about_x(angle: float) -> NDArray[np.float64]:
    """Rotation that turns up towards forward."""
    cos, sin = np.cos(angle), np.sin(angle)
    return np.array([[1.0, 0.0, 0.0], [0.0, cos, -sin], [0.0, sin, cos]])
