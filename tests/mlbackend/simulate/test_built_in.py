"""The built-in data sets are what they say, and nothing of the test is in the pool."""

import numpy as np
import pytest

from mlbackend.simulate.built_in import BUILT_IN


@pytest.mark.parametrize("name", sorted(BUILT_IN))
def test_a_seed_gives_one_problem(name: str) -> None:
    make = BUILT_IN[name].make
    assert make(3).pool.digest() == make(3).pool.digest() != make(4).pool.digest()
    assert make(3).kind == BUILT_IN[name].kind


def test_digits_are_split_seventy_to_thirty() -> None:
    problem = BUILT_IN["digits"].make(0)
    assert (problem.pool.size, problem.test.size) == (1257, 540)
    both = np.concatenate([problem.pool.X, problem.test.X])
    assert len(np.unique(both, axis=0)) == len(both)


def test_tubes_are_near_duplicates_with_a_long_tail() -> None:
    pool = BUILT_IN["tubes"].make(1).pool
    frames = np.bincount(pool.tubes)
    assert (frames.min(), frames.max()) == (10, 25)
    assert pool.alike
    first = np.unique(pool.tubes, return_index=True)[1]
    sizes = sorted(np.bincount(pool.Y[first]))
    assert (sizes[0], sizes[-1]) == (8, 100)
    tube = pool.X[pool.tubes == 0]
    assert tube.std(axis=0).mean() < 0.2 * pool.X.std(axis=0).mean() + 1.0


def test_rare_digits_differ_between_seeds() -> None:
    rarest = {int(np.bincount(BUILT_IN["tubes"].make(seed).pool.Y).argmin()) for seed in range(6)}
    assert len(rarest) > 1


def test_mixes_have_one_to_three_labels_by_zipf() -> None:
    problem = BUILT_IN["multilabel"].make(0)
    assert (problem.pool.size, problem.test.size) == (2500, 1000)
    assert set(problem.pool.Y.sum(axis=1)) == {1, 2, 3}
    counts = np.sort(problem.pool.Y.sum(axis=0))
    assert counts[-1] > 4 * counts[0]
    assert problem.pool.X.max() <= 16.0
