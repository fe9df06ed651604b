"""Choosing items that differ from one another: k-means in standardized feature space."""

from collections.abc import Callable

import numpy as np
from numpy.typing import NDArray
from sklearn.cluster import KMeans

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]


def scaling_of(X: Floats) -> Callable[[Floats], Floats]:
    """What brings every column of these (N, D) to mean 0 and deviation 1, for other rows too.

    Constant columns become 0 here.
    """
    mean, deviation = X.mean(axis=0), X.std(axis=0)
    scale = np.where(deviation > 0.0, deviation, 1.0)
    return lambda rows: (rows - mean) / scale


def standardize(X: Floats) -> Floats:
    """Bring every column of (N, D) to mean 0 and deviation 1; constant columns become 0."""
    return scaling_of(X)(X)


def medoids(X: Floats, n: int, rng: np.random.Generator, weights: Floats | None = None) -> Ints:
    """The rows nearest to the centers of `n` k-means clusters.

    Args:
        X: features (N, D).
        n: how many rows are wanted, 1 <= n <= N.
        rng: source of the starting centers.
        weights: (N,) >= 0, pulls centers toward heavy rows; none = all alike.

    Returns:
        (n,) distinct row indices, heaviest cluster first. A cluster whose nearest row is already
        taken gives its next nearest, so n distinct rows come back even among identical rows.
    """
    if not 1 <= n <= len(X):
        raise ValueError(f"{n} medoids were wanted of {len(X)} rows; ask for 1 to {len(X)}.")
    scaled = standardize(np.asarray(X, dtype=np.float64))
    clusters = min(n, len(np.unique(scaled, axis=0)))
    usable = None if weights is None or not np.any(weights > 0) else weights + 1e-9
    model = KMeans(n_clusters=clusters, n_init=1, random_state=int(rng.integers(2**31)))
    model.fit(scaled, sample_weight=usable)
    mass = np.bincount(model.labels_, weights=usable, minlength=clusters)
    order = np.argsort(-mass, kind="stable")
    return _nearest_distinct(scaled, model.cluster_centers_[order], n)


def _nearest_distinct(X: Floats, centers: Floats, n: int) -> Ints:
    """One row per center, then further rounds over the centers until `n` rows are taken."""
    # |x|^2 - 2 x.c orders the rows of one center as |x - c|^2 does, without a (K, N, D) array.
    distance = (X**2).sum(axis=1) - 2.0 * centers @ X.T  # (K, N)
    chosen: list[int] = []
    while len(chosen) < n:
        for row in distance[: n - len(chosen)]:
            nearest = int(np.argmin(row))
            chosen.append(nearest)
            distance[:, nearest] = np.inf
    return np.asarray(chosen, dtype=np.int64)
