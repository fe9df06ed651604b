"""Actions on tubes by the project's champion; nothing where there is no champion."""

from __future__ import annotations

import uuid
from collections.abc import Callable, Sequence

import numpy as np
from django.conf import settings

from labeling import api
from labeling.domain.span import Span
from labeling.domain.state import State
from labeling.domain.taxonomy import LabelKind
from labeling.domain.tube import Tube
from mlbackend.data.features import (
    DESCRIPTOR,
    Clip,
    FeatureCache,
    Window,
    tube_features,
    tube_windows,
)
from mlbackend.propose.recognize import recognize
from mlbackend.train.champion import champion_load, champion_row
from mlbackend.train.predictor import ActionModel

Progress = Callable[[float], None]


def champion(project_id: int) -> ActionModel | None:
    """Return the project's action model in use, if there is one that can be used here."""
    found = champion_load(champion_row(project_id), DESCRIPTOR)
    return found.model if found else None


def features_of(
    video: api.VideoValue, tubes: Sequence[Tube], progress: Progress | None = None
) -> list[tuple[np.ndarray, np.ndarray]]:
    """Return (windows (W, 2), features (W, D)) of each tube, kept ones read, others computed."""
    each = [tube_windows(tube, video.timebase) for tube in tubes]
    wanted = [Window(i, int(a), int(b)) for i, found in enumerate(each) for a, b in found]
    clip = Clip(video.source_path, video.sha256, video.rotation, video.timebase)
    cache = FeatureCache(settings.HOME_DIRS["features"])
    rows = tube_features(clip, tubes, wanted, cache, progress=progress)
    parts = np.split(rows, np.cumsum([len(found) for found in each])[:-1])
    return list(zip(each, parts, strict=True)) if tubes else []


def spans_of(
    video: api.VideoValue,
    tubes: Sequence[Tube],
    model: ActionModel,
    run_id: str,
    progress: Progress | None = None,
) -> list[Span]:
    """Return the actions proposed on the tubes, of labels the project still has."""
    asked = {label.id for label in api.labels(video.project_id) if label.kind is LabelKind.ACTION}
    space = uuid.UUID(run_id)
    spans = []
    for tube, (windows, features) in zip(tubes, features_of(video, tubes, progress), strict=True):
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
