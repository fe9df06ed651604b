"""How long planning the queue takes on thousands of tubes whose features are computed already."""

from __future__ import annotations

import hashlib
import resource
import tempfile
import time
import uuid
from argparse import ArgumentParser
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np

from labeling import api
from labeling.domain.annotations import Annotations
from labeling.domain.box import Box
from labeling.domain.state import State
from labeling.domain.taxonomy import LabelKind, LabelValue
from labeling.domain.timebase import Timebase
from labeling.domain.tube import Keyframe, Tube
from mlbackend.bench.registry import Say
from mlbackend.data.features import Clip, FeatureCache, tube_windows
from mlbackend.data.hog_hof_descriptor import HOG_HOF

HELP = "Seconds to plan the queue of a project of drawn tubes with cached features"
FPS, VIDEO_S, TUBE_S = 10, 60, 5
KEYFRAMES = 12
# Tubes of one video.
PER_VIDEO = 50
PERSON = 1


def add_arguments(parser: ArgumentParser) -> None:
    parser.add_argument("--tubes", type=int, default=10_000)
    parser.add_argument("--actions", type=int, default=10)
    parser.add_argument("--also", nargs="*", default=[], help="further acquisition functions")


def run(options: dict[str, Any], say: Say) -> dict[str, Any]:
    rng = np.random.default_rng(0)
    with tempfile.TemporaryDirectory() as folder:
        features = Path(folder)
        begun_s = time.perf_counter()
        known, windows = _project(options, features, rng)
        say(f"{options['tubes']} tubes, {windows} windows: {time.perf_counter() - begun_s:.1f} s")
        figures: dict[str, Any] = {"tubes": options["tubes"], "windows": windows, "runs": []}
        for what in ("features in single files", "features packed"):
            figures["runs"].append(_run(what, known, say))
        figures["steps"] = _steps(known, say)
        for name in options["also"]:
            loop = {"loop": {"acquisition": name}}
            with_it = replace(known, project=replace(known.project, settings=loop))
            figures["runs"].append(_run(name, with_it, say))
    return figures


def _run(what: str, known: Any, say: Say) -> dict[str, Any]:
    """Plan once; returns seconds, the most memory held so far, and what was planned."""
    from mlbackend.select.plan import plan_hash, planned

    wall_s, cpu_s = time.perf_counter(), time.process_time()
    plan = planned(known)
    one = {
        "what": what,
        "acquisition": plan.acquisition,
        "wall_s": round(time.perf_counter() - wall_s, 2),
        "cpu_s": round(time.process_time() - cpu_s, 2),
        "peak_mb": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024,
        "hash": plan_hash(plan),
    }
    say(
        f"{what}: {one['wall_s']} s, {one['cpu_s']} s of a processor, {one['peak_mb']} MB at most; "
        f"{plan.acquisition}"
    )
    return one


def _steps(known: Any, say: Say) -> dict[str, float]:
    """Where the time goes, each step by itself."""
    from mlbackend.select.answers import answers
    from mlbackend.select.doubts import doubts_of
    from mlbackend.select.packed import PackedFeatures, Wanted
    from mlbackend.select.terms import terms_of
    from mlbackend.train.features import clip_of

    model, found = known.champion.model, known.found
    terms = terms_of(model.label_ids, model.label_ids, ())
    took: dict[str, float] = {}

    def timed(name: str, work: Any) -> Any:
        begun_s = time.process_time()
        done = work()
        took[name] = round(time.process_time() - begun_s, 2)
        say(f"  {name}: {took[name]} s of a processor")
        return done

    packed = PackedFeatures(known.features, f"{known.project.id}-waiting", HOG_HOF)
    wanted = [Wanted(clip_of(tube.scene.video), tube.tube) for tube in found.tubes]
    places = timed("finding features", lambda: packed.find(wanted))
    timed("asking the model", lambda: answers(places, model, terms))
    timed("doubts", lambda: [doubts_of(scene) for scene in found.scenes])
    return took


def _project(options: dict[str, Any], features: Path, rng: np.random.Generator) -> tuple[Any, int]:
    """A project as planning reads it, and how many windows its tubes have."""
    from mlbackend.select.candidates import TubeCandidate, VideoScene, Waiting
    from mlbackend.select.plan import Known

    labels = {PERSON: LabelValue(PERSON, LabelKind.OBJECT, "person")}
    for n in range(options["actions"]):
        labels[n + 2] = LabelValue(n + 2, LabelKind.ACTION, f"action {n + 1}")
    scenes, windows = [], 0
    for n in range(-(-options["tubes"] // PER_VIDEO)):
        count = min(PER_VIDEO, options["tubes"] - n * PER_VIDEO)
        video = _video(n)
        tubes = [_tube(n, i, rng) for i in range(count)]
        windows += _keep(features, video, tubes, rng)
        scenes.append(VideoScene(video, Annotations(tubes={tube.id: tube for tube in tubes})))
    found = Waiting(
        labels=labels,
        scenes=tuple(scenes),
        tubes=tuple(
            TubeCandidate(("tube", scene.video.sha256, tube.number, ""), scene, tube)
            for scene in scenes
            for tube in scene.annotations.tubes.values()
        ),
    )
    project = api.ProjectValue(1, "bench", "bench", {}, 1, 1)
    champion = _champion(options["actions"], rng)
    return Known(project, found, None, champion, None, None, frozenset(), features), windows


def _video(n: int) -> api.VideoValue:
    frames = FPS * VIDEO_S
    digest = hashlib.sha256(f"bench {n}".encode()).hexdigest()
    return api.VideoValue(
        id=str(uuid.UUID(digest[:32])), project_id=1, name=f"{n}.mp4", sha256=digest,
        source_path=Path("none"), proxy_path=Path("none"), width=1280, height=720, rotation=0,
        frame_count=frames, timebase=Timebase((1, FPS), np.arange(frames), frames), split="train",
    )  # fmt: skip


def _tube(video: int, i: int, rng: np.random.Generator) -> Tube:
    start = int(rng.integers(0, FPS * (VIDEO_S - TUBE_S)))
    frames = start + np.linspace(0, FPS * TUBE_S - 1, KEYFRAMES).round().astype(int)
    x, y = rng.uniform(0, 1000), rng.uniform(0, 400)
    steps = rng.normal(scale=10, size=(KEYFRAMES, 2)).cumsum(axis=0)
    return Tube(
        id=str(uuid.UUID(int=(video << 64) + i)),
        label_id=PERSON,
        keyframes=tuple(
            Keyframe(int(frame), Box(x + dx, y + dy, x + dx + 80, y + dy + 200))
            for frame, (dx, dy) in zip(frames, steps, strict=True)
        ),
        state=State.PROPOSED,
        number=i + 1,
        score=float(np.round(rng.uniform(0.3, 1.0), 4)),
    )


def _keep(
    features: Path, video: api.VideoValue, tubes: list[Tube], rng: np.random.Generator
) -> int:
    """Put features into the cache as if the video had been decoded; returns how many windows."""
    cache = FeatureCache(features)
    clip = Clip(video.source_path, video.sha256, video.rotation, video.timebase)
    count = 0
    for tube in tubes:
        windows = tube_windows(tube, video.timebase)
        rows = rng.normal(size=(len(windows), HOG_HOF.length)).astype(np.float32)
        cache.write(
            clip,
            tube,
            HOG_HOF,
            {(int(a), int(b)): row for (a, b), row in zip(windows, rows, strict=True)},
        )
        count += len(windows)
    return count


def _champion(actions: int, rng: np.random.Generator) -> Any:
    from mlbackend.train.predictor import ActionModel, Champion

    model = ActionModel(
        label_ids=tuple(range(2, actions + 2)),
        mean=np.zeros(HOG_HOF.length),
        scale=np.ones(HOG_HOF.length),
        coefficients=rng.normal(scale=0.05, size=(actions, HOG_HOF.length)),
        intercepts=np.zeros(actions),
        constants=np.full(actions, np.nan),
        thresholds=np.full(actions, 0.5),
    )
    return Champion(model, {"seed": 1}, HOG_HOF)
