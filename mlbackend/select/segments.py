"""Proposed segments: which are least certain, and whether their start or their end is.

A segment's own score says how sure the model is that it is there. Where the features of the whole
picture are still in the cache, the model's curve says between which times it may begin and end.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from mlbackend.data.features import FeatureCache, Window, tube_features, tube_windows
from mlbackend.select import reasons
from mlbackend.select.candidates import SegmentCandidate, VideoScene
from mlbackend.train.features import clip_of
from mlbackend.train.predictor import Champion
from mlbackend.train.stretches import picture_tube

Floats = NDArray[np.float64]

# A boundary lies where the curve passes the threshold; this far to both sides it may as well lie.
BAND = 0.25
# A boundary as uncertain as this is as uncertain as can be.
WIDEST_S = 4.0
# Less is not worth telling.
NARROWEST_S = 1.0


@dataclass(frozen=True, eq=False)
class AskedSegment:
    """A segment with its score, 0..1, larger = less certain, and the reason a person reads."""

    candidate: SegmentCandidate
    score: float
    reason: str


@dataclass(frozen=True, slots=True)
class Curve:
    """A label's probability over a video: at times_s (W,) it is p (W,); yes from `threshold` on."""

    times_s: Floats
    p: Floats
    threshold: float

    def around(self, time_s: float) -> tuple[float, float]:
        """Between which times a boundary at `time_s` may lie: where the curve stays in the band."""
        inside = np.abs(self.p - self.threshold) <= BAND
        place = int(np.argmin(np.abs(self.times_s - time_s)))
        if not inside[place]:
            return time_s, time_s
        first = last = place
        while first > 0 and inside[first - 1]:
            first -= 1
        while last < len(inside) - 1 and inside[last + 1]:
            last += 1
        return min(float(self.times_s[first]), time_s), max(float(self.times_s[last]), time_s)


def asked_segments(
    candidates: Sequence[SegmentCandidate], champion: Champion | None, features: Path
) -> list[AskedSegment]:
    """All segments, the least certain first.

    Args:
        champion: the segment model in use, None without one.
        features: folder of the feature cache.
    """
    by_scene: dict[int, list[SegmentCandidate]] = {}
    for candidate in candidates:
        by_scene.setdefault(id(candidate.scene), []).append(candidate)
    asked = []
    for own in by_scene.values():
        curves = _curves(own[0].scene, champion, features) if champion is not None else {}
        asked += [asked_segment(one, curves.get(one.span.label_id)) for one in own]
    return sorted(asked, key=lambda one: (-one.score, one.candidate.key))


def asked_segment(candidate: SegmentCandidate, curve: Curve | None) -> AskedSegment:
    """How uncertain one segment is, and of what: itself, its start or its end."""
    times_s, span = candidate.scene.times_s, candidate.span
    start_s, end_s = float(times_s[span.start_frame]), float(times_s[span.end_frame])
    doubt = 0.0 if span.score is None else 1.0 - abs(2.0 * span.score - 1.0)
    reason = reasons.segment_score(candidate.label, start_s, end_s, span.score)
    if curve is not None:
        sides = [("start", *curve.around(start_s)), ("end", *curve.around(end_s))]
        side, low, high = max(sides, key=lambda one: one[2] - one[1])
        if high - low >= NARROWEST_S:
            reason = reasons.boundary(candidate.label, side, low, high)
            doubt = max(doubt, min(1.0, (high - low) / WIDEST_S))
    return AskedSegment(candidate, round(float(doubt), 9), reason)


def _curves(scene: VideoScene, champion: Champion, features: Path) -> dict[int, Curve]:
    """The curves of the labels a model learned, from what the cache has of the picture."""
    video = scene.video
    picture = picture_tube(video.width, video.height, video.frame_count)
    windows = tube_windows(picture, video.timebase)
    cache = FeatureCache(features)
    clip = clip_of(video)
    if not cache.read(clip, picture, champion.descriptor):
        return {}
    asked = [Window(0, int(a), int(b)) for a, b in windows]
    X = tube_features(clip, [picture], asked, cache, champion.descriptor, decode=False)
    known = ~np.isnan(X).any(axis=1)
    if not known.any():
        return {}
    model = champion.model
    p = np.round(model.predict_proba(X[known]), 9)
    middles = scene.times_s[windows[known]].mean(axis=1)
    return {
        label_id: Curve(middles, p[:, c], float(model.thresholds[c]))
        for c, label_id in enumerate(model.label_ids)
        if model.learned[c]
    }
