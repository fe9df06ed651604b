"""Features of tubes: computed once, read afterwards, the same every time."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from labeling.domain.timebase import Timebase
from labeling.domain.tube import Keyframe, Tube
from mlbackend.data import shared_decode
from mlbackend.data.demo import random_spec
from mlbackend.data.features import (
    Clip,
    FeatureCache,
    Window,
    tube_features,
    tube_windows,
)
from mlbackend.data.hog_hof_descriptor import HOG_HOF
from mlbackend.data.synthetic import write_clip
from mlbackend.data.truth import truth_tubes


@pytest.fixture(scope="module")
def clip(tmp_path_factory: pytest.TempPathFactory) -> tuple[Clip, list[Tube], list[Window]]:
    path = tmp_path_factory.mktemp("clips") / "two.mp4"
    truth = write_clip(path, random_spec("two", 31, people=2, duration_s=2.0))
    timebase = Timebase((1, 25), np.arange(50), 50)
    tubes = truth_tubes(truth, 1, every=5)
    windows = [
        Window(i, int(a), int(b))
        for i, tube in enumerate(tubes)
        for a, b in tube_windows(tube, timebase)
    ]
    assert len(windows) >= 4
    return Clip(path, "a" * 64, 0, timebase), tubes, windows


def test_kept_features_are_those_computed(clip: tuple, tmp_path: Path) -> None:
    video, tubes, windows = clip
    first = tube_features(video, tubes, windows, FeatureCache(tmp_path / "a"), HOG_HOF)
    again = tube_features(video, tubes, windows, FeatureCache(tmp_path / "b"), HOG_HOF)
    assert first.shape == (len(windows), HOG_HOF.length) and first.dtype == np.float32
    assert np.isfinite(first).all()
    np.testing.assert_array_equal(first, again)
    gone = Clip(tmp_path / "no such file.mp4", video.sha256, 0, video.timebase)
    kept = tube_features(gone, tubes, windows[::-1], FeatureCache(tmp_path / "a"), HOG_HOF)
    np.testing.assert_array_equal(kept, first[::-1])


def test_a_video_is_decoded_once_for_all_tubes(
    clip: tuple, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    video, tubes, windows = clip
    calls: list[list[int]] = []
    real = shared_decode.read_frames

    def counted(path, timebase, frames, **options):
        calls.append(list(frames))
        return real(path, timebase, frames, **options)

    monkeypatch.setattr(shared_decode, "read_frames", counted)
    cache = FeatureCache(tmp_path)
    tube_features(video, tubes, windows[:1], cache, HOG_HOF)
    tube_features(video, tubes, windows, cache, HOG_HOF)
    tube_features(video, tubes, windows, cache, HOG_HOF)
    assert len(calls) == 2
    assert all(sorted(set(frames)) == frames for frames in calls)


def test_a_row_does_not_depend_on_what_else_is_asked(clip: tuple, tmp_path: Path) -> None:
    video, tubes, windows = clip
    together = tube_features(video, tubes, windows, FeatureCache(tmp_path / "a"), HOG_HOF)
    alone = tube_features(video, tubes, windows[-1:], FeatureCache(tmp_path / "b"), HOG_HOF)
    np.testing.assert_allclose(alone[0], together[-1], atol=1e-6)


def test_a_damaged_file_is_computed_anew(clip: tuple, tmp_path: Path) -> None:
    video, tubes, windows = clip
    cache = FeatureCache(tmp_path)
    first = tube_features(video, tubes, windows, cache, HOG_HOF)
    for path in tmp_path.rglob("*.npz"):
        path.write_bytes(path.read_bytes()[:100])
    np.testing.assert_array_equal(tube_features(video, tubes, windows, cache, HOG_HOF), first)


def test_without_decoding_unknown_rows_are_nan(clip: tuple, tmp_path: Path) -> None:
    video, tubes, windows = clip
    cache = FeatureCache(tmp_path)
    tube_features(video, tubes, windows[:1], cache, HOG_HOF)
    rows = tube_features(video, tubes, windows, cache, HOG_HOF, decode=False)
    assert np.isfinite(rows[0]).all() and np.isnan(rows[1:]).all()


def test_a_moved_keyframe_is_another_tube(clip: tuple, tmp_path: Path) -> None:
    video, tubes, windows = clip
    cache = FeatureCache(tmp_path)
    tube_features(video, tubes, windows, cache, HOG_HOF)
    old = tubes[0].keyframes[0]
    moved = tubes[0].with_keyframe(
        Keyframe(old.frame, old.box.blend(tubes[1].keyframes[0].box, 0.1))
    )
    assert cache.read(video, tubes[0], HOG_HOF) and not cache.read(video, moved, HOG_HOF)


def test_a_tube_of_one_frame_has_features(clip: tuple, tmp_path: Path) -> None:
    video, tubes, _ = clip
    last = tubes[0].with_keyframes([Keyframe(49, tubes[0].keyframes[-1].box)])
    windows = [Window(0, int(a), int(b)) for a, b in tube_windows(last, video.timebase)]
    assert windows == [Window(0, 49, 50)]
    assert np.isfinite(tube_features(video, [last], windows, FeatureCache(tmp_path), HOG_HOF)).all()
