"""Windows and features of tubes, from the cache or by decoding each video once."""

from collections.abc import Callable, Sequence
from typing import Any

import numpy as np
from django.conf import settings
from numpy.typing import NDArray

from labeling import api
from labeling.domain.errors import InvalidInput
from labeling.domain.tube import Tube
from mlbackend.data.descriptor import Clip, Descriptor
from mlbackend.data.features import FeatureCache, Window, tube_features, tube_windows
from mlbackend.data.hog_hof_descriptor import HOG_HOF
from mlbackend.train.dataset import Features
from mlbackend.train.holdout import HOLD_OUT_SPLIT, TRAIN_SPLIT
from mlbackend.train.truth import ReviewedTube, reviewed_tubes

__all__ = [
    "HOG_HOF",
    "cached_features",
    "clip_of",
    "features_of",
    "snapshot_features",
    "window_features",
]

Progress = Callable[[float, str], None]
# Windows (W, 2) and features (W, D) of a tube.
Computed = tuple[NDArray[np.int64], NDArray[np.floating[Any]]]


def snapshot_features(
    content: dict[str, Any], descriptor: Descriptor, progress: Progress
) -> Features:
    """Compute, or read, the features of all reviewed tubes of a snapshot.

    A video is decoded once, from front to back, and only where the cache lacks a window.

    Args:
        content: a snapshot's content.
        progress: told the fraction done and the video at work; may raise to stop.

    Raises:
        NotFound: a video of the snapshot was deleted meanwhile.
        InvalidInput: a video's features are not kept, and its file cannot be read.
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
        try:
            each = features_of(video, tubes, descriptor, report)
        except OSError as error:
            raise InvalidInput(
                f"The features of {video.name} are not kept, and its file cannot be read: {error}. "
                "Put the file back, or delete the video.",
                code="video_unreadable",
            ) from error
        for tube, computed in zip(tubes, each, strict=True):
            found[video_id, tube.id] = computed

    def features(reviewed: ReviewedTube) -> Computed:
        return found[reviewed.video_id, reviewed.tube.id]

    return features


def features_of(
    video: api.VideoValue,
    tubes: Sequence[Tube],
    descriptor: Descriptor,
    progress: Callable[[float], None] | None = None,
) -> list[Computed]:
    """Windows and features of each tube, in their order: kept ones read, others computed."""
    each = [tube_windows(tube, video.timebase) for tube in tubes]
    wanted = [Window(i, int(a), int(b)) for i, found in enumerate(each) for a, b in found]
    rows = tube_features(clip_of(video), tubes, wanted, cache(), descriptor, progress=progress)
    parts = np.split(rows, np.cumsum([len(found) for found in each])[:-1])
    return list(zip(each, parts, strict=True)) if tubes else []


def window_features(
    video: api.VideoValue,
    tube: Tube,
    windows: NDArray[np.int64],
    descriptor: Descriptor,
    progress: Callable[[float], None] | None = None,
) -> NDArray[np.float32]:
    """(W, D) features of these windows (W, 2) of one tube: kept ones read, others computed."""
    wanted = [Window(0, int(a), int(b)) for a, b in windows]
    return tube_features(clip_of(video), [tube], wanted, cache(), descriptor, progress=progress)


def cached_features(
    video: api.VideoValue, tube: Tube, descriptor: Descriptor
) -> NDArray[np.float64] | None:
    """(W, D) float64 of the windows the cache has of this tube; None if it has none."""
    windows = [Window(0, int(a), int(b)) for a, b in tube_windows(tube, video.timebase)]
    rows = tube_features(clip_of(video), [tube], windows, cache(), descriptor, decode=False)
    known = rows[~np.isnan(rows).any(axis=1)]
    return known.astype(np.float64) if len(known) else None


def clip_of(video: api.VideoValue) -> Clip:
    """The video as descriptors read it."""
    return Clip(video.source_path, video.sha256, video.rotation, video.timebase)


def cache() -> FeatureCache:
    """The cache of this installation."""
    return FeatureCache(settings.HOME_DIRS["features"])
