"""`manage.py bench link`: our linker against greedy overlap, by HOTA and IDF1 (TrackEval's)."""

from __future__ import annotations

from argparse import ArgumentParser
from collections.abc import Callable, Iterable, Sequence
from typing import Any

import numpy as np

from mlbackend.bench.data_sets import add_data, add_weights, detectors_of
from mlbackend.bench.greedy_link import GRID, GreedyRules, greedy_link
from mlbackend.bench.link_scenes import Scene, drawn_scenes, jhmdb_scenes, mot_scenes
from mlbackend.bench.registry import Say
from mlbackend.evaluate import mot
from mlbackend.evaluate.mot import Rows
from mlbackend.propose import detect
from mlbackend.propose.link import Track, link
from mlbackend.propose.thin import dense, pair_iou, smoothed

HELP = "Our linker against greedy overlap on the same boxes, by HOTA and IDF1."

Linker = Callable[[Scene], list[Track]]


def add_arguments(parser: ArgumentParser) -> None:
    add_data(parser)
    add_weights(parser)
    parser.add_argument("--detector", default="yolox_nano", help="for the clips of J-HMDB")
    parser.add_argument("--use", choices=("choose", "report"), default="report")


def run(options: dict[str, Any], say: Say) -> dict[str, Any]:
    """Print a row per set and linker."""
    figures: dict[str, Any] = {}
    say(f"{'set':<28}{'linker':<8}{'HOTA':>7}{'IDF1':>7}{'AssA':>7}{'DetA':>7}{'IDs':>6}")
    for title, scenes in _sets(options):
        chosen = [scene for scene in scenes if scene.use == options["use"]]
        rules = best_greedy([scene for scene in scenes if scene.use == "choose"])
        greedy = measured(chosen, lambda scene, rules=rules: greedy_link(scene.seen, rules))
        figures[title] = {
            "ours": measured(chosen, lambda scene: link(scene.seen)),
            "greedy": greedy,
            "greedy_rules": {name: getattr(rules, name) for name in GreedyRules.__slots__},
        }
        for linker in ("ours", "greedy"):
            one = figures[title][linker]
            say(
                f"{title:<28}{linker:<8}{100 * one['HOTA']:>7.1f}{100 * one['IDF1']:>7.1f}"
                f"{100 * one['AssA']:>7.1f}{100 * one['DetA']:>7.1f}"
                f"{one['IDs']:>6}"
            )
        say(f"{'':<28}best greedy rules: {rules}")
    return figures


def best_greedy(scenes: Sequence[Scene]) -> GreedyRules:
    """The rules of the grid with the best HOTA + IDF1: the baseline has its own for each set."""

    def worth(rules: GreedyRules) -> float:
        one = measured(scenes, lambda scene: greedy_link(scene.seen, rules))
        return one["HOTA"] + one["IDF1"]

    return max(GRID, key=worth)


def measured(scenes: Sequence[Scene], linker: Linker) -> dict[str, float]:
    """HOTA, IDF1 and their parts over all scenes together."""
    sequences = {
        f"{number} {scene.name}": mot.tracking(
            scene.truth, rows_of(linker(scene), scene), scene.length
        )
        for number, scene in enumerate(scenes)
    }
    of_all = mot.evaluate(sequences)[mot.ALL["trackeval"]]
    return {
        "HOTA": of_all["HOTA"]["HOTA"],
        "IDF1": of_all["Identity"]["IDF1"],
        "AssA": of_all["HOTA"]["AssA"],
        "DetA": of_all["HOTA"]["DetA"],
        "IDs": of_all["Count"]["IDs"],
        "GT_IDs": of_all["Count"]["GT_IDs"],
    }


def rows_of(tracks: Sequence[Track], scene: Scene) -> Rows:
    """Boxes on every frame of the tracks, smoothed and on lines in between, as tubes are made."""
    frames, ids, boxes = [], [], []
    for number, track in enumerate(tracks):
        own = smoothed(np.array(track.times_s), np.array(track.boxes))
        at, every = dense(np.array(track.frames, dtype=np.int64), own)
        if not scene.partly or _meets(at + 1, every, scene.truth):
            frames.append(at + 1)
            ids.append(np.full(len(at), number))
            boxes.append(every)
    if not frames:
        empty = np.empty(0, dtype=np.int64)
        return Rows(empty, empty, np.empty((0, 4)))
    return Rows(np.concatenate(frames), np.concatenate(ids), np.concatenate(boxes))


def _meets(frames: np.ndarray, boxes: np.ndarray, truth: Rows) -> bool:
    """Whether a track is ever the annotated person: an IoU of 0.5 on some frame."""
    _, mine, theirs = np.intersect1d(frames, truth.frame, return_indices=True)
    return bool((pair_iou(boxes[mine], truth.box[theirs]) >= 0.5).any())


def _sets(options: dict[str, Any]) -> Iterable[tuple[str, list[Scene]]]:
    yield "drawn clips", list(drawn_scenes())
    scenes = list(mot_scenes(options["data"]))
    yield "TUD, a tracker's boxes", [one for one in scenes if "tracker" in one.name]
    yield "TUD, faulty truth", [one for one in scenes if "faulty" in one.name]
    net = detect.load(options["detector"], detectors_of(options))
    yield (
        f"J-HMDB, {options['detector']}",
        list(jhmdb_scenes(options["data"], options["detector"], net)),
    )
    net.close()
