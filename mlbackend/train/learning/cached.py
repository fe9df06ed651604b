"""Features of tubes as the cache has them: nothing here decodes a video."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from labeling import api
from labeling.domain.errors import NotFound
from labeling.domain.tube import Tube
from mlbackend.data.descriptor import Descriptor
from mlbackend.data.features import Window, tube_features, tube_windows
from mlbackend.train.dataset import Features
from mlbackend.train.features import cache, clip_of
from mlbackend.train.truth import ReviewedTube

Floats = NDArray[np.float64]
Known = tuple[NDArray[np.int64], NDArray[np.float64]]


class Videos:
    """Videos by id, each asked for once; None for one that was deleted."""

    def __init__(self) -> None:
        self._known: dict[str, api.VideoValue | None] = {}

    def get(self, video_id: str) -> api.VideoValue | None:
        if video_id not in self._known:
            try:
                self._known[video_id] = api.video(video_id)
            except NotFound:
                self._known[video_id] = None
        return self._known[video_id]


def known_windows(video: api.VideoValue, tube: Tube, descriptors: Sequence[Descriptor]) -> Known:
    """Windows (W, 2) of a tube that are kept for all descriptors, and their vectors side by side.

    Returns:
        Windows and (W, sum of the descriptors' lengths).
    """
    windows = tube_windows(tube, video.timebase)
    wanted = [Window(0, int(a), int(b)) for a, b in windows]
    parts = [
        tube_features(clip_of(video), [tube], wanted, cache(), one, decode=False)
        for one in _different(descriptors)
    ]
    rows = np.concatenate(parts, axis=1).astype(np.float64)
    kept = ~np.isnan(rows).any(axis=1)
    return windows[kept], rows[kept]


def cached_features(videos: Videos, descriptors: Sequence[Descriptor]) -> Features:
    """Windows and features of reviewed tubes, as far as they are kept for all descriptors."""
    width = sum(one.length for one in _different(descriptors))

    def features(reviewed: ReviewedTube) -> tuple[NDArray[np.int64], NDArray[Any]]:
        video = videos.get(reviewed.video_id)
        if video is None:
            return np.zeros((0, 2), dtype=np.int64), np.zeros((0, width))
        return known_windows(video, reviewed.tube, descriptors)

    return features


def parted(X: Floats, descriptors: Sequence[Descriptor]) -> list[Floats]:
    """Each descriptor's own part of vectors that stand side by side."""
    ends = np.cumsum([0, *(one.length for one in _different(descriptors))])
    keys = [one.key for one in _different(descriptors)]
    places = [keys.index(one.key) for one in descriptors]
    return [X[:, ends[i] : ends[i + 1]] for i in places]


def _different(descriptors: Sequence[Descriptor]) -> list[Descriptor]:
    """Without repetitions: models that read the same share one part."""
    return list({one.key: one for one in descriptors}.values())
