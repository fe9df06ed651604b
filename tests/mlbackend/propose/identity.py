"""How well tubes follow people: IDF1, the identity score of Ristani et al. (2016)."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from scipy.optimize import linear_sum_assignment

from mlbackend.data.synthetic import PersonTruth
from mlbackend.propose.link import Track
from mlbackend.propose.thin import dense, pair_iou


def idf1(people: Sequence[PersonTruth], tracks: Sequence[Track], iou: float = 0.5) -> float:
    """Return 2 IDTP / (true boxes + tracked boxes) under the best one-to-one assignment."""
    hits = np.zeros((len(people), len(tracks)))
    tracked = 0
    for column, track in enumerate(tracks):
        frames, boxes = dense(np.array(track.frames), np.array(track.boxes))
        tracked += len(frames)
        for row, person in enumerate(people):
            seen = person.visible[frames]
            overlap = pair_iou(np.nan_to_num(person.boxes[frames]), boxes)
            hits[row, column] = (seen & (overlap >= iou)).sum()
    rows, columns = linear_sum_assignment(-hits)
    true = sum(int(person.visible.sum()) for person in people)
    return float(2 * hits[rows, columns].sum() / (true + tracked))
