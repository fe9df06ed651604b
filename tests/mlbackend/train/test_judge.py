"""Judging on drawn rows: what counts as measured, and by what the bootstrap draws."""

import numpy as np
import pytest

from mlbackend.train.dataset import Dataset, Rows
from mlbackend.train.holdout import HoldOut
from mlbackend.train.loop import Outcome, bootstrap_groups, fit, judge, measured
from mlbackend.train.predictor import Champion

LABELS, NAMES = (3, 5), ("walk", "run")


def rows(tubes: int, videos: int, seed: int, asked: tuple[bool, bool] = (True, True)) -> Rows:
    """Two windows a tube; the first feature says walk, the second run."""
    rng = np.random.default_rng(seed)
    Y = np.repeat(rng.integers(0, 2, size=(tubes, 2)), 2, axis=0).astype(np.int8)
    Y[:2], Y[2:4] = 1, 0
    X = 4.0 * Y + rng.normal(size=(2 * tubes, 2))
    Y[:, ~np.array(asked)] = -1
    names = np.repeat(np.arange(tubes), 2)
    return Rows(
        X,
        Y,
        np.array([f"t{seed}/{name}" for name in names]),
        np.array([f"v{seed}/{name % videos}" for name in names]),
        np.zeros((2 * tubes, 2), dtype=np.int64),
    )


def dataset(held: Rows, rule: HoldOut = HoldOut.VIDEOS) -> Dataset:
    """Forty tubes to learn from, and these to measure on."""
    return Dataset(LABELS, NAMES, rows(40, 4, 1), held, rule)


def judged(of: Dataset, changed: tuple[int, ...] = ()) -> Outcome:
    """A model against itself."""
    model = fit(of, "logistic", 0)
    champion = Champion(model, {}, None)  # type: ignore[arg-type]
    return judge({}, of, model, champion, None, 0, changed)


def test_an_equal_model_is_promoted_on_enough_videos() -> None:
    assert judged(dataset(rows(20, 5, 2))).decision.name == "promoted"


@pytest.mark.parametrize(("tubes", "videos"), [(20, 1), (20, 4), (7, 7)])
def test_too_few_videos_or_tubes_are_undecided(tubes: int, videos: int) -> None:
    got = judged(dataset(rows(tubes, videos, 2)))
    assert got.decision.name == "undecided"
    assert got.champion is not None


def test_reserved_tubes_are_counted_by_tube() -> None:
    assert judged(dataset(rows(8, 1, 2), HoldOut.RESERVED)).decision.name == "promoted"
    assert judged(dataset(rows(7, 1, 2), HoldOut.RESERVED)).decision.name == "undecided"


def test_what_was_not_asked_about_shared_labels_measures_nothing() -> None:
    """The hold-out answers for run alone, and run is not compared on."""
    held = rows(20, 5, 2, asked=(False, True))
    got = judged(dataset(held), changed=(5,))
    assert got.shared == (0,)
    assert got.decision.name == "undecided"
    assert "no tubes of no videos reviewed" in got.decision.reason


def test_a_hold_out_that_shows_nothing_measures_nothing() -> None:
    held = rows(20, 5, 2)
    held.Y[:] = 0
    got = judged(dataset(held))
    assert got.decision.name == "undecided"
    assert "shows any action compared on" in got.decision.reason


def test_labels_of_another_meaning_are_left_out() -> None:
    of = dataset(rows(20, 5, 2))
    assert judged(of).shared == (0, 1)
    assert judged(of, changed=(5,)).shared == (0,)
    nothing = judged(of, changed=LABELS)
    assert (nothing.shared, nothing.champion) == ((), None)
    assert "the meaning of walk, run changed" in nothing.decision.reason


def test_the_bootstrap_draws_videos_or_where_they_are_few_or_seen_tubes() -> None:
    found = {
        (videos, rule): bootstrap_groups(dataset(rows(20, videos, 2), rule))
        for videos in (4, 5)
        for rule in (HoldOut.VIDEOS, HoldOut.RESERVED)
    }
    assert {key: name for key, (_, name) in found.items()} == {
        (4, HoldOut.VIDEOS): "tubes",
        (5, HoldOut.VIDEOS): "videos",
        (4, HoldOut.RESERVED): "tubes",
        (5, HoldOut.RESERVED): "tubes",
    }
    assert len(np.unique(found[5, HoldOut.VIDEOS][0])) == 5


def test_how_large_a_hold_out_is() -> None:
    of = dataset(rows(20, 5, 2, asked=(False, True)))
    assert (measured(of).items, measured(of).videos, measured(of).shown) == (20, 5, 1)
    walk = measured(of, np.array([0]))
    assert (walk.items, walk.videos, walk.shown) == (0, 0, 0)
