"""Folds that keep what was cut from one source on one side."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray
from sklearn.model_selection import LeaveOneGroupOut, StratifiedGroupKFold

Places = NDArray[np.int64]


def grouped_folds(
    labels: Sequence[int], sources: Sequence[str], count: int | None, seed: int = 0
) -> list[tuple[Places, Places]]:
    """Return (training, test) places; each clip is tested once, never beside its own source.

    Args:
        labels: (N,) classes, spread over the folds as evenly as the sources allow.
        sources: (N,) what the clips were cut from.
        count: how many folds; None for one a source.

    Raises:
        ValueError: fewer sources than folds.
    """
    y, groups = np.asarray(labels), np.asarray(sources)
    if count is None:
        splitter: LeaveOneGroupOut | StratifiedGroupKFold = LeaveOneGroupOut()
    else:
        if len(set(sources)) < count:
            raise ValueError(f"{len(set(sources))} sources do not fill {count} folds")
        splitter = StratifiedGroupKFold(count, shuffle=True, random_state=seed)
    return [(train, test) for train, test in splitter.split(y, y, groups)]
