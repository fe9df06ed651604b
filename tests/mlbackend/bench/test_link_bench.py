"""The linker's benchmark: faults are repeatable, and ours is better than greedy on drawn clips."""

from __future__ import annotations

import numpy as np

from mlbackend.bench.greedy_link import greedy_link
from mlbackend.bench.link import best_greedy, measured
from mlbackend.bench.link_scenes import Faults, drawn_scenes, faulty
from mlbackend.propose.link import link


def test_ours_is_better_on_both_measures() -> None:
    scenes = list(drawn_scenes(2))
    rules = best_greedy(scenes)
    ours = measured(scenes, lambda scene: link(scene.seen))
    greedy = measured(scenes, lambda scene: greedy_link(scene.seen, rules))
    assert ours["HOTA"] > greedy["HOTA"] + 0.1
    assert ours["IDF1"] > greedy["IDF1"] + 0.2


def test_faults_are_as_stated_and_repeatable() -> None:
    people = [(n, np.array([100.0 * n, 50, 100 * n + 40, 150])) for n in range(5)]
    faults = Faults(misses=0.2, blind=0.0, jitter=0.0, false=0.5)
    rng, count = np.random.default_rng(1), 400
    shots = [faulty(people, t / 25, (360, 600), rng, 1, faults) for t in range(count)]
    true = np.array([box for _, box in people])
    hits = sum(int((boxes[:, None] == true).all(axis=2).sum()) for boxes, _ in shots)
    boxes = sum(len(found) for found, _ in shots)
    assert abs(hits / (5 * count) - 0.8) < 0.03
    assert abs((boxes - hits) / count - 0.5) < 0.1
    again = faulty(people, 0.0, (360, 600), np.random.default_rng(1), 1, faults)
    assert np.array_equal(again[0], shots[0][0])
