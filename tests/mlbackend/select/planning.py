"""Projects as planning reads them, made by hand: no database, features in a folder of their own."""

from __future__ import annotations

import hashlib
import uuid
from collections import Counter
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np

from labeling import api
from labeling.domain.annotations import Annotations
from labeling.domain.box import Box
from labeling.domain.span import Span
from labeling.domain.state import State
from labeling.domain.taxonomy import LabelKind, LabelValue
from labeling.domain.timebase import Timebase
from labeling.domain.tube import Keyframe, Tube
from mlbackend.data.features import Clip, FeatureCache, tube_windows
from mlbackend.data.hog_hof_descriptor import HOG_HOF
from mlbackend.select.candidates import SegmentCandidate, TubeCandidate, VideoScene, Waiting
from mlbackend.select.plan import Known, Plan, plan_hash, planned
from mlbackend.train.predictor import ActionModel, Champion

PERSON, RUN, WALK, FALL, GOAL = 1, 2, 3, 4, 9
NAMES = {RUN: "run", WALK: "walk", FALL: "fall"}
FPS, FRAMES = 10, 600


def labels(*actions: int, segments: bool = False) -> dict[int, LabelValue]:
    """A person, these actions, and a segment label if wanted."""
    found = {PERSON: LabelValue(PERSON, LabelKind.OBJECT, "person")}
    found |= {i: LabelValue(i, LabelKind.ACTION, NAMES[i]) for i in actions}
    if segments:
        found[GOAL] = LabelValue(GOAL, LabelKind.SEGMENT, "goal")
    return found


def video(n: int = 0, frames: int = FRAMES) -> api.VideoValue:
    """Video number n: a minute at 10 fps, 640 × 360."""
    digest = hashlib.sha256(f"video {n}".encode()).hexdigest()
    return api.VideoValue(
        id=str(uuid.UUID(digest[:32])), project_id=1, name=f"v{n}.mp4", sha256=digest,
        source_path=Path("none"), proxy_path=Path("none"), width=640, height=360, rotation=0,
        frame_count=frames, timebase=Timebase((1, FPS), np.arange(frames), frames), split="train",
    )  # fmt: skip


def tube(
    n: int, boxes: Sequence[tuple[int, Sequence[float]]] | None = None, **changes: Any
) -> Tube:
    """Proposed tube number n of ten frames (one window), or through these (frame, box)."""
    x = 1.25 * n  # a place of its own: features are found by it
    boxes = boxes or [(0, (x, 100, x + 60, 260)), (9, (x, 100, x + 60, 260))]
    given: dict[str, Any] = {"state": State.PROPOSED, "score": 0.9, "number": n}
    return Tube(
        id=str(uuid.uuid5(uuid.NAMESPACE_OID, f"tube {n}")),
        label_id=PERSON,
        keyframes=tuple(Keyframe(frame, Box(*map(float, box))) for frame, box in boxes),
        **(given | changes),
    )


def scene(
    tubes: Sequence[Tube] = (),
    spans: Sequence[Span] = (),
    coverage: Sequence[Any] = (),
    n: int = 0,
    frames: int = FRAMES,
) -> VideoScene:
    """Video number n with these."""
    return VideoScene(
        video(n, frames),
        Annotations(
            tubes={one.id: one for one in tubes},
            spans={one.id: one for one in spans},
            coverage={one.id: one for one in coverage},
        ),
    )


def waiting_of(
    scenes: Sequence[VideoScene],
    asked: dict[int, LabelValue],
    *,
    reserved: Sequence[int] = (),
    exclusive: tuple[frozenset[int], ...] = (),
    shown: dict[int, int] | None = None,
) -> Waiting:
    """What waits in these videos; `reserved` are numbers of tubes."""
    tubes = [
        TubeCandidate(
            ("tube", one.video.sha256, t.number, one.video.name), one, t, t.number in reserved
        )
        for one in scenes
        for t in one.annotations.tubes.values()
        if t.state is State.PROPOSED
    ]
    segments = [
        SegmentCandidate(
            ("segment", one.video.sha256, "goal", s.start_frame, s.end_frame), one, s, "goal"
        )
        for one in scenes
        for s in one.annotations.spans.values()
        if s.tube_id is None and s.state is State.PROPOSED
    ]
    return Waiting(
        labels=asked,
        exclusive=exclusive,
        scenes=tuple(scenes),
        tubes=tuple(sorted(tubes, key=lambda c: c.key)),
        segments=tuple(sorted(segments, key=lambda c: c.key)),
        shown=Counter({RUN: 9, WALK: 9, FALL: 9} if shown is None else shown),
    )


def model(*, fall: float = np.nan) -> ActionModel:
    """Feature 0 is the log-odds of run, 1 of walk, 2 of fall; `fall` is a constant if given."""
    coefficients = np.zeros((3, HOG_HOF.length))
    coefficients[[0, 1, 2], [0, 1, 2]] = 1.0
    return ActionModel(
        label_ids=(RUN, WALK, FALL),
        mean=np.zeros(HOG_HOF.length),
        scale=np.ones(HOG_HOF.length),
        coefficients=coefficients,
        intercepts=np.zeros(3),
        constants=np.array([np.nan, np.nan, fall]),
        thresholds=np.full(3, 0.5),
    )


def champion(
    counts: dict[str, int] | None = None, *, fall: float = np.nan, seed: int = 1
) -> Champion:
    """A model in use, taught by so many windows of each action, by name."""
    manifest: dict[str, Any] = {"seed": seed}
    if counts is not None:
        manifest["labels"] = [{"id": i, "name": name} for i, name in NAMES.items()]
        manifest["counts"] = {"train": counts}
    return Champion(model(fall=fall), manifest, HOG_HOF)


def keep(folder: Path, one: VideoScene, log_odds: dict[int, Sequence[float]]) -> None:
    """Put features into the cache: by tube number, the first values of every window."""
    clip = Clip(one.video.source_path, one.video.sha256, 0, one.video.timebase)
    for t in one.annotations.tubes.values():
        if t.number in log_odds:
            row = np.zeros(HOG_HOF.length, dtype=np.float32)
            row[: len(log_odds[t.number])] = log_odds[t.number]
            windows = tube_windows(t, one.video.timebase)
            FeatureCache(folder).write(
                clip, t, HOG_HOF, {(int(a), int(b)): row for a, b in windows}
            )


def known(found: Waiting, folder: Path, used: Champion | None = None, **loop: Any) -> Known:
    """What planning reads, with these settings of the loop."""
    project = api.ProjectValue(1, "made", "made", {"loop": loop}, 1, 1)
    return Known(project, found, None, used, None, None, frozenset(), folder)


def planned_with(
    folder: Path,
    log_odds: dict[int, Sequence[float]],
    *,
    videos: int = 1,
    used: Champion | None = None,
    waits: dict[str, Any] | None = None,
    **loop: Any,
) -> Plan:
    """The plan of tubes with these features, dealt out to so many videos."""
    scenes = [scene([tube(i) for i in log_odds if i % videos == n], n=n) for n in range(videos)]
    for one in scenes:
        keep(folder, one, log_odds)
    asked = labels(RUN, WALK, FALL)
    return planned(known(waiting_of(scenes, asked, **(waits or {})), folder, used, **loop))


def many(n: int, seed: int = 0, spread: float = 3.0) -> dict[int, list[float]]:
    """Log-odds of run, walk and fall of n tubes, and five values that tell nothing."""
    drawn = np.random.default_rng(seed).normal(scale=spread, size=(n, 8))
    return {i + 1: row.tolist() for i, row in enumerate(drawn)}


def hash_of_plan(folder: Path) -> str:
    """The hash of one plan that draws, spreads, looks for and asks about everything."""
    plan = planned_with(
        folder, many(300), videos=7, used=champion(fall=0.0), waits={"shown": {RUN: 9, WALK: 9}}
    )
    return plan_hash(plan)
