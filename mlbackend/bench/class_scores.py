"""Class scores of clips as a file that other benchmarks read.

    {"classes": [name, …], "scores": {clip: [score of each class, 0..1, …]}}

A clip is called as its file without the ending.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from mlbackend.bench.clips import LabeledClip


def write_scores(
    path: Path,
    classes: Sequence[str],
    clips: Sequence[LabeledClip],
    scores: NDArray[np.floating],
) -> None:
    """Write the clips that were tested.

    Args:
        scores: (N, C) logits or log-odds; nan where a clip was not tested. They are written as
            shares of one, so that clips can be ranked by how sure their best class is.
    """
    tested = [i for i in range(len(clips)) if not np.isnan(scores[i]).any()]
    shares = softmax(scores[tested])
    rows = {clips[i].name: shares[n].round(6).tolist() for n, i in enumerate(tested)}
    path.write_text(json.dumps({"classes": list(classes), "scores": rows}) + "\n")


def softmax(scores: NDArray[np.floating]) -> NDArray[np.float64]:
    """(N, C) to shares that add up to one in each row."""
    raised = np.exp(scores - scores.max(axis=1, keepdims=True))
    return np.asarray(raised / raised.sum(axis=1, keepdims=True), dtype=np.float64)
