"""A labeled project as a data set: its reviewed tubes, with HOG/HOF from the cache or made now."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from labeling import api
from labeling.domain.errors import InvalidInput
from mlbackend.data.hog_hof_descriptor import HOG_HOF
from mlbackend.simulate.table import Table
from mlbackend.train.dataset import Dataset, Rows, dataset_from
from mlbackend.train.features import snapshot_features
from mlbackend.train.holdout import HoldOut


def read(name: str, progress: Callable[[float, str], None]) -> Table:
    """Freeze the project and describe the reviewed tubes of its training videos.

    Its hold-out videos are left alone: a function chosen by them could not be measured by them.
    Videos are kept whole, in the pool or in the test set.

    Raises:
        NotFound: there is no such project.
        InvalidInput: it has no action label, or nothing reviewed.
    """
    snapshot = api.snapshot_freeze(api.project_named(name).id)
    content = snapshot.content
    dataset = dataset_from(content, snapshot_features(content, HOG_HOF, progress))
    rows = _rows(dataset)
    if not sum(len(part.Y) for part in rows):
        raise InvalidInput(
            f"{name} has no reviewed tube of a training video with an action to learn: accept or "
            "correct tubes, mark their actions and finish them."
        )
    return Table(
        name=name,
        kind="several",
        classes=dataset.label_names,
        X=np.concatenate([part.X for part in rows]),
        Y=np.concatenate([part.Y for part in rows]).astype(np.int64),
        tubes=np.concatenate([part.tube_ids for part in rows]),
        sources=np.concatenate([part.video_ids for part in rows]),
        in_test=None,
        facts={"snapshot": snapshot.hash, "descriptor": HOG_HOF.key},
    )


def _rows(dataset: Dataset) -> list[Rows]:
    """Everything of training videos; tubes reserved there for measuring belong to them."""
    parts = [dataset.train]
    if dataset.rule is not HoldOut.VIDEOS:
        parts.append(dataset.hold_out)
    return [part for part in parts if len(part.Y)]
