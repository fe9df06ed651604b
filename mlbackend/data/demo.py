"""Specifications of synthetic clips: the demo's own set, and as many more as a test wants."""

from __future__ import annotations

import numpy as np

from mlbackend.data.motion import ACTIONS
from mlbackend.data.scene import CAMERAS
from mlbackend.data.synthetic import Act, ClipSpec, PersonSpec, PostSpec

DEMO_SEED = 20
DEMO_CLIPS = 8


def demo_specs() -> list[ClipSpec]:
    """Return the demo project's clips: eight of ten seconds, two or three people each."""
    return [
        random_spec(
            f"demo_{number + 1}",
            DEMO_SEED + number,
            people=2 + number % 2,
            duration_s=10.0,
            camera=CAMERAS[number % len(CAMERAS)],
            light=(1.0, 1.0, 0.8, 0.5)[number % 4],
            post=number % 3 == 1,
        )
        for number in range(DEMO_CLIPS)
    ]


def random_spec(
    name: str,
    seed: int,
    *,
    people: int = 2,
    duration_s: float = 8.0,
    actions: tuple[str, ...] = ACTIONS,
    camera: str = "still",
    light: float = 1.0,
    post: bool = False,
    width: int = 480,
    height: int = 360,
) -> ClipSpec:
    """Return a clip in which each person does several of the actions, drawn from the seed.

    People start side by side on grounds of their own, so that they meet but do not coincide.
    """
    rng = np.random.default_rng(seed)
    order = rng.permutation(len(actions))
    cast = []
    for number in range(people):
        wanted = [actions[order[(number * 3 + step) % len(actions)]] for step in range(6)]
        share = (number + 0.5) / people
        cast.append(
            PersonSpec(
                acts=_acts(wanted, duration_s, rng),
                x=float(np.clip(share + rng.uniform(-0.08, 0.08), 0.12, 0.88)),
                foot_y=0.8 + 0.16 * (number + 1) / people + float(rng.uniform(-0.01, 0.01)),
                height_px=float(rng.uniform(0.34, 0.42) * height),
                direction=int(rng.choice([-1, 1])),
            )
        )
    posts = (PostSpec(float(rng.uniform(0.3, 0.7))),) if post else ()
    return ClipSpec(
        name=name,
        seed=seed,
        people=tuple(cast),
        duration_s=duration_s,
        width=width,
        height=height,
        camera=camera,
        light=light,
        posts=posts,
    )


def _acts(wanted: list[str], duration_s: float, rng: np.random.Generator) -> tuple[Act, ...]:
    """Acts of two to four seconds, now and then standing in between, some while waving."""
    acts: list[Act] = []
    t_s = 0.0
    for name in wanted:
        if acts and t_s >= duration_s - 1.0:
            break
        both = name == "walk" and rng.random() < 0.35
        acts.append(Act(t_s, (name, "wave") if both else (name,)))
        t_s += float(rng.uniform(2.2, 2.8) if name == "fall" else rng.uniform(2.4, 3.8))
        if name == "fall" or rng.random() < 0.25:
            acts.append(Act(t_s))
            t_s += float(rng.uniform(1.0, 1.5))
    return tuple(acts)
