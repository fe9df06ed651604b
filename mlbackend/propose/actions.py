"""Actions on tubes by the project's champion; nothing where there is no champion."""

from __future__ import annotations

import uuid
from collections.abc import Callable, Sequence

import numpy as np

from labeling import api
from labeling.domain.span import Span
from labeling.domain.state import State
from labeling.domain.taxonomy import LabelKind
from labeling.domain.tube import Tube
from mlbackend.data.hog_hof_descriptor import HOG_HOF
from mlbackend.propose.recognize import recognize
from mlbackend.train.champion import champion_load, champion_row
from mlbackend.train.features import features_of as described
from mlbackend.train.loop import Champion

Progress = Callable[[float], None]


def champion(project_id: int) -> Champion | None:
    """Return the project's action model in use, if there is one that can be used here."""
    return champion_load(champion_row(project_id))


def features_of(
    video: api.VideoValue, tubes: Sequence[Tube], progress: Progress | None = None
) -> list[tuple[np.ndarray, np.ndarray]]:
    """Return (windows (W, 2), HOG/HOF (W, D)) of each tube, kept ones read, others computed."""
    return described(video, tubes, HOG_HOF, progress)


def spans_of(
    video: api.VideoValue,
    tubes: Sequence[Tube],
    champion: Champion,
    run_id: str,
    progress: Progress | None = None,
) -> list[Span]:
    """Return the actions proposed on the tubes, of labels the project still has."""
    asked = {label.id for label in api.labels(video.project_id) if label.kind is LabelKind.ACTION}
    space = uuid.UUID(run_id)
    model = champion.model
    each = described(video, tubes, champion.descriptor, progress)
    spans = []
    for tube, (windows, features) in zip(tubes, each, strict=True):
        likely = centered(model.predict_proba(features.astype(np.float64)), model.thresholds)
        for found in recognize(likely, windows, model.label_ids, video.timebase):
            if found.label_id in asked:
                key = f"{tube.id}/{found.label_id}/{found.start_frame}"
                spans.append(
                    Span(
                        id=str(uuid.uuid5(space, key)),
                        tube_id=tube.id,
                        label_id=found.label_id,
                        start_frame=found.start_frame,
                        end_frame=found.end_frame,
                        state=State.PROPOSED,
                        score=round(found.score, 4),
                        run_id=run_id,
                    )
                )
    return spans


def centered(probabilities: np.ndarray, thresholds: np.ndarray) -> np.ndarray:
    """Move each class's own threshold to one half, in log-odds: (N, C)."""
    p = np.clip(probabilities, 1e-6, 1 - 1e-6)
    t = np.clip(thresholds, 1e-3, 1 - 1e-3)
    odds = p / (1 - p) * ((1 - t) / t)
    return np.asarray(odds / (1 + odds))
