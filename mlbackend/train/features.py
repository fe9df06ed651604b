"""Windows and HOG/HOF features of tubes, from the cache or by decoding each video once."""

from collections.abc import Callable
from typing import Any

import numpy as np
from django.conf import settings
from numpy.typing import NDArray

from labeling import api
from labeling.domain.tube import Tube
from mlbackend.data.features import (
    DESCRIPTOR,
    Clip,
    FeatureCache,
    Window,
    tube_features,
    tube_windows,
)
from mlbackend.nets.hog_hof import mirrored
from mlbackend.train.dataset import Features
from mlbackend.train.holdout import HOLD_OUT_SPLIT, TRAIN_SPLIT
from mlbackend.train.truth import ReviewedTube, reviewed_tubes

__all__ = ["DESCRIPTOR", "cached_features", "mirrored", "snapshot_features"]

Progress = Callable[[float, str], None]
Computed = tuple[NDArray[np.int64], NDArray[np.floating[Any]]]


def snapshot_features(content: dict[str, Any], progress: Progress) -> Features:
    """Compute, or read, the features of all reviewed tubes of a snapshot.

    A video is decoded once, from front to back, and only where the cache lacks a window.

    Args:
        content: a snapshot's content.
        progress: told the fraction done and the video at work; may raise to stop.

    Raises:
        NotFound: a video of the snapshot was deleted meanwhile.
    """
    by_video: dict[str, list[Tube]] = {}
    for reviewed in reviewed_tubes(content):
        if reviewed.split in (TRAIN_SPLIT, HOLD_OUT_SPLIT):
            by_video.setdefault(reviewed.video_id, []).append(reviewed.tube)
    found: dict[tuple[str, str], Computed] = {}
    for done, (video_id, tubes) in enumerate(by_video.items()):
        video = api.video(video_id)

        def report(share: float, done: int = done, name: str = video.name) -> None:
            progress((done + share) / len(by_video), f"Looking at the reviewed tubes of {name}.")

        report(0.0)
        for tube, computed in zip(tubes, _computed(video, tubes, report), strict=True):
            found[video_id, tube.id] = computed

    def features(reviewed: ReviewedTube) -> Computed:
        return found[reviewed.video_id, reviewed.tube.id]

    return features


def cached_features(video: api.VideoValue, tube: Tube) -> NDArray[np.float64] | None:
    """(W, D) float64 of the windows the cache has of this tube; None if it has none."""
    windows = [Window(0, int(a), int(b)) for a, b in tube_windows(tube, video.timebase)]
    rows = tube_features(_clip(video), [tube], windows, _cache(), decode=False)
    known = rows[~np.isnan(rows).any(axis=1)]
    return known.astype(np.float64) if len(known) else None


def _computed(
    video: api.VideoValue, tubes: list[Tube], report: Callable[[float], None]
) -> list[Computed]:
    """Windows and features of each tube, in their order."""
    each = [tube_windows(tube, video.timebase) for tube in tubes]
    wanted = [Window(i, int(a), int(b)) for i, found in enumerate(each) for a, b in found]
    rows = tube_features(_clip(video), tubes, wanted, _cache(), progress=report)
    return list(zip(each, np.split(rows, np.cumsum([len(w) for w in each])[:-1]), strict=True))


def _clip(video: api.VideoValue) -> Clip:
    return Clip(video.source_path, video.sha256, video.rotation, video.timebase)


def _cache() -> FeatureCache:
    return FeatureCache(settings.HOME_DIRS["features"])
