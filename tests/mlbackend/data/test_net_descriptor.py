"""Clips of nets against a plain reference, and features that depend on nothing but their tube."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any

import cv2
import numpy as np
import pytest
import torch
from torch import Tensor, nn

from labeling.domain.box import Box
from labeling.domain.errors import InvalidInput
from labeling.domain.timebase import Timebase
from labeling.domain.tube import Keyframe, Tube
from labeling.media import read_frames
from mlbackend.data import shared_decode
from mlbackend.data.demo import random_spec
from mlbackend.data.features import (
    Clip,
    FeatureCache,
    Wanted,
    Window,
    keep_features,
    tube_features,
    tube_windows,
)
from mlbackend.data.hog_hof_descriptor import HOG_HOF
from mlbackend.data.net_descriptor import NetDescriptor, default_every
from mlbackend.data.pixels import CONTEXT, crop, tube_region
from mlbackend.data.sampling import clip_frames
from mlbackend.data.synthetic import write_clip
from mlbackend.data.truth import truth_tubes
from mlbackend.data.tube_body import TubeBody
from mlbackend.nets.action_net import ClipInput, NetSpec, Stream, View

SIDE = 16
RGB = ClipInput(frames=4, step_s=0.2, size=SIDE, mean=(0.5,) * 3, std=(0.25,) * 3)
FLOW = ClipInput(frames=3, step_s=0.1, size=SIDE, stream=Stream.FLOW, scale=1 / 20, stack=2)
SEGMENTS = ClipInput(frames=3, step_s=0.0, size=SIDE, segments=True, bgr=True)
DIFFERENCE = ClipInput(frames=3, step_s=0.1, size=SIDE, stream=Stream.RGB_DIFFERENCE)


class Plain(nn.Module):
    """Its embedding is what it is shown: so a test can look at every pixel."""

    def __init__(self) -> None:
        super().__init__()
        self.embedding_width = 1
        self.seen: list[int] = []
        self.room = 100

    def __deepcopy__(self, memo: Any) -> Plain:
        return self  # what is made fast of it is the one the test looks at

    def embed(self, streams: Sequence[Tensor], rois: Tensor | None = None) -> Tensor:
        n = len(streams[0])
        if n > self.room:
            raise torch.OutOfMemoryError("CUDA out of memory. Tried to allocate 2 GiB")
        self.seen.append(n)
        if rois is None:
            return torch.cat([stream.flatten(1) for stream in streams], dim=1)
        whole = streams[0].mean(dim=(2, 3, 4))
        return torch.cat([whole[rois[:, 0].long()], rois[:, 1:]], dim=1)


def _descriptor(
    inputs: tuple[ClipInput, ...], view: View = View.TUBE, **options: Any
) -> tuple[NetDescriptor, Plain]:
    spec = NetSpec("plain", "Plain", lambda n: Plain(), inputs, view, False, (), 1.0, "")
    net = Plain()
    channels = [2 if each.stream is Stream.FLOW else 3 for each in inputs]
    length = sum(
        c * each.stack * each.frames * each.size**2
        for c, each in zip(channels, inputs, strict=True)
    )
    if view is View.PICTURE:
        length = 7
    options = {"precision": "float32", **options}
    return NetDescriptor(spec, net, "0" * 64, length=length, **options), net


@pytest.fixture(scope="module")
def clip(tmp_path_factory: pytest.TempPathFactory) -> tuple[Clip, list[Tube], list[Window]]:
    path = tmp_path_factory.mktemp("clips") / "two.mp4"
    truth = write_clip(path, random_spec("two", 31, people=2, duration_s=3.0))
    video = Clip(path, "b" * 64, 0, Timebase((1, 25), np.arange(75), 75))
    tubes = truth_tubes(truth, 1, every=5)
    return video, tubes, _windows(video, tubes)


def _windows(video: Clip, tubes: Sequence[Tube]) -> list[Window]:
    each = [tube_windows(tube, video.timebase) for tube in tubes]
    return [Window(i, int(a), int(b)) for i, found in enumerate(each) for a, b in found]


def _pictures(video: Clip) -> dict[int, np.ndarray]:
    return dict(read_frames(video.path, video.timebase, pixel_format="bgr24"))


def _crop(video: Clip, tube: Tube, frame: int, picture: np.ndarray) -> np.ndarray:
    region = tube_region(*TubeBody(tube, video.timebase).at(frame))
    return crop(picture, region, SIDE, SIDE).astype(np.float32)


def test_color_clips_are_those_of_a_plain_reference(clip: tuple, tmp_path: Path) -> None:
    video, tubes, windows = clip
    descriptor, net = _descriptor((RGB, SEGMENTS), every=1, batch=3)
    rows = tube_features(video, tubes, windows, FeatureCache(tmp_path), descriptor)
    pictures = _pictures(video)
    for row, window in zip(rows, windows, strict=True):
        tube = tubes[window.tube]
        parts = []
        for wanted in (RGB, SEGMENTS):
            frames = clip_frames(
                video.timebase, *window[1:], wanted, tube.start_frame, tube.end_frame - 1
            )
            cut = np.stack([_crop(video, tube, int(f), pictures[int(f)]) for f in frames])
            cut = cut if wanted.bgr else cut[..., ::-1]
            scaled = (cut / 255 - np.array(wanted.mean)) / np.array(wanted.std)
            parts.append(scaled.transpose(3, 0, 1, 2).ravel())
        np.testing.assert_allclose(row, np.concatenate(parts), atol=1e-4)
    assert max(net.seen) == 3 and sum(net.seen) == len(windows)


def test_flow_is_in_pixels_of_the_crop_at_25_frames_a_second(tmp_path: Path) -> None:
    """A textured square moves 2 px a frame to the right at 12.5 frames a second."""
    rng = np.random.default_rng(0)
    texture = cv2.GaussianBlur(rng.integers(0, 255, (120, 400, 3)).astype(np.uint8), (5, 5), 0)
    still = {f: np.roll(texture, 2 * f, axis=1)[:, :320] for f in range(20)}
    video = Clip(Path("drawn"), "c" * 64, 0, Timebase((2, 25), np.arange(20), 20))
    tube = Tube("t", 1, tuple(Keyframe(f, Box(100, 20, 180, 100)) for f in (0, 19)))
    wanted = ClipInput(3, 0.1, SIDE, Stream.FLOW, scale=1.0, mean=(0.0,) * 2, std=(1.0,) * 2)
    descriptor, _ = _descriptor((wanted,), every=1)
    reading = descriptor.reading(video, [tube], {0: [(0, 15)]})
    found = [d for f in reading.frames for d in reading.take(f, still[f])]
    (described,) = [*found, *reading.finish()]
    flow = described.vector.reshape(2, 3, SIDE, SIDE)
    shrink = SIDE / (CONTEXT * 80)
    assert np.median(flow[0]) == pytest.approx(2 * shrink / 2, rel=0.15)
    assert abs(np.median(flow[1])) < 0.02


def test_differences_and_stacked_flow_have_their_channels(clip: tuple, tmp_path: Path) -> None:
    video, tubes, windows = clip
    descriptor, _ = _descriptor((DIFFERENCE, FLOW), every=1)
    rows = tube_features(video, tubes, windows[:1], FeatureCache(tmp_path), descriptor)
    tube, pictures = tubes[0], _pictures(video)
    bounds = tube.start_frame, tube.end_frame - 1
    first = int(clip_frames(video.timebase, *windows[0][1:], DIFFERENCE, *bounds)[0])
    cuts = [_crop(video, tube, f, pictures[f]) for f in (first, first + 1)]
    moved = rows[0, : 3 * 3 * SIDE**2].reshape(3, 3, SIDE, SIDE)[:, 0]
    np.testing.assert_allclose(
        moved, ((cuts[1] - cuts[0])[..., ::-1] / 255).transpose(2, 0, 1), atol=1e-5
    )
    flow = rows[0, 3 * 3 * SIDE**2 :].reshape(4, 3, SIDE, SIDE)
    assert np.isfinite(flow).all() and np.abs(flow).max() <= 1.0 and np.ptp(flow) > 0


def test_windows_between_are_interpolated_whatever_is_asked(clip: tuple, tmp_path: Path) -> None:
    video, tubes, windows = clip
    descriptor, net = _descriptor((RGB,), every=3)
    together = tube_features(video, tubes, windows, FeatureCache(tmp_path / "a"), descriptor)
    looked = sum(net.seen)
    assert looked < len(windows) - 2
    for place in (1, len(windows) - 2):
        cache = FeatureCache(tmp_path / str(place))
        alone = tube_features(video, tubes, [windows[place]], cache, descriptor)
        np.testing.assert_allclose(alone[0], together[place], atol=1e-6)
    exact, _ = _descriptor((RGB,), every=1)
    each = tube_features(video, tubes, windows, FeatureCache(tmp_path / "a"), exact)
    own = [w for w, (a, b) in enumerate(zip(together, each, strict=True)) if np.allclose(a, b)]
    assert len(own) == looked and own[0] == 0
    middle = [sum(video.timebase.time_s(f) for f in (w[1], w[2] - 1)) for w in windows]
    between = own[0] + 1
    after = next(w for w in own if w > between)
    share = (middle[between] - middle[0]) / (middle[after] - middle[0])
    expected = (1 - share) * each[0] + share * each[after]
    np.testing.assert_allclose(together[between], expected, atol=1e-5)


def test_a_picture_is_shown_once_for_all_tubes_in_it(clip: tuple, tmp_path: Path) -> None:
    video, tubes, _ = clip
    shared = [Window(i, 25, 55) for i in range(2)]
    descriptor, net = _descriptor((RGB,), View.PICTURE, every=1)
    rows = tube_features(video, tubes, shared, FeatureCache(tmp_path), descriptor)
    assert net.seen == [1]
    np.testing.assert_array_equal(rows[0, :3], rows[1, :3])
    height = next(iter(_pictures(video).values())).shape[0]
    for row, tube in zip(rows, tubes, strict=True):
        box = TubeBody(tube, video.timebase).at(39)[0]
        np.testing.assert_allclose(row[3:], box * SIDE / height, atol=1e-3)


def test_several_descriptors_share_one_pass(
    clip: tuple, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    video, tubes, windows = clip
    decoded: list[int] = []
    real = shared_decode.read_frames

    def counted(*args: Any, **options: Any) -> Any:
        for frame, picture in real(*args, **options):
            decoded.append(frame)
            yield frame, picture

    monkeypatch.setattr(shared_decode, "read_frames", counted)
    net, _ = _descriptor((RGB, FLOW))
    both = [Wanted(HOG_HOF, tubes, windows), Wanted(net, tubes, windows)]
    keep_features(video, both, FeatureCache(tmp_path / "a"))
    assert decoded == sorted(set(decoded))
    seen = len(decoded)
    for each in both:
        alone = tube_features(video, tubes, windows, FeatureCache(tmp_path / "b"), each.descriptor)
        kept = tube_features(video, tubes, windows, FeatureCache(tmp_path / "a"), each.descriptor)
        np.testing.assert_allclose(kept, alone, atol=1e-5)
    assert len(decoded) > seen  # only the one to compare with decoded again


def test_what_is_held_does_not_grow_with_the_video(clip: tuple) -> None:
    video, tubes, windows = clip
    descriptor, _ = _descriptor((RGB,), every=1, batch=1)
    reading: Any = descriptor.reading(video, tubes, {0: [w[1:] for w in windows if not w.tube]})
    held = []
    for frame, picture in _pictures(video).items():
        if frame in set(reading.frames):
            reading.take(frame, picture)
            held.append(len(reading._maker._cutter.made))
    assert max(held) <= 4 * 4 and held[-1] == 0


def test_without_memory_it_goes_on_with_half_and_says_so(clip: tuple, tmp_path: Path) -> None:
    video, tubes, windows = clip
    said: list[str] = []
    descriptor, net = _descriptor((RGB,), every=1, batch=8, say=said.append)
    net.room = 3
    rows = tube_features(video, tubes, windows, FeatureCache(tmp_path / "a"), descriptor)
    roomy, _ = _descriptor((RGB,), every=1)
    whole = tube_features(video, tubes, windows, FeatureCache(tmp_path / "b"), roomy)
    np.testing.assert_array_equal(rows, whole)
    assert max(net.seen) <= 3 and len(said) >= 1 and "clips of Plain at once" in said[0]
    net.room = 0
    with pytest.raises(InvalidInput, match="one clip of Plain. Choose a smaller net"):
        tube_features(video, tubes, windows, FeatureCache(tmp_path / "c"), descriptor)


def test_what_was_found_before_a_stop_is_kept(clip: tuple, tmp_path: Path) -> None:
    video, tubes, windows = clip
    descriptor, net = _descriptor((RGB,), every=1, batch=1)

    def stop(share: float) -> None:
        if share > 0.5:
            raise InterruptedError

    with pytest.raises(InterruptedError):
        tube_features(video, tubes, windows, FeatureCache(tmp_path), descriptor, progress=stop)
    before = sum(net.seen)
    assert 0 < before < len(windows)
    tube_features(video, tubes, windows, FeatureCache(tmp_path), descriptor)
    assert sum(net.seen) == len(windows)


@pytest.mark.parametrize(
    ("width", "height", "count"), [(3840, 2160, 30), (144, 256, 30), (320, 240, 1), (64, 48, 2)]
)
@pytest.mark.parametrize("view", list(View))
def test_odd_videos(width: int, height: int, count: int, view: View) -> None:
    """4K, portrait, one frame long, shorter than a window; tubes partly outside the picture."""
    video = Clip(Path("drawn"), "d" * 64, 0, Timebase((1, 10), np.arange(count), count))
    last = count - 1
    inside = Box(0.2 * width, 0.2 * height, 0.5 * width, 0.8 * height)
    outside = Box(-0.4 * width, 0.7 * height, 0.1 * width, 1.4 * height)
    gone = Box(width + 5.0, height + 5.0, width + 40.0, height + 60.0)
    frames = (0, last) if last else (0,)
    tubes = [
        Tube(str(i), 1, tuple(Keyframe(f, box) for f in frames))
        for i, box in enumerate((inside, outside, gone))
    ]
    inputs = (RGB,) if view is View.PICTURE else (RGB, FLOW)
    descriptor, _ = _descriptor(inputs, view, every=1)
    windows = _windows(video, tubes)
    ranges = {i: [w[1:] for w in windows if w.tube == i] for i in range(3)}
    reading = descriptor.reading(video, tubes, ranges)
    picture = np.full((height, width, 3), 128, np.uint8)
    found = [d for f in reading.frames for d in reading.take(f, picture)]
    found += reading.finish()
    assert len(found) == len(windows)
    assert all(np.isfinite(d.vector).all() and len(d.vector) == descriptor.length for d in found)
    if view is View.TUBE:  # a gray picture stays gray wherever it is cut, and does not move
        flat = 3 * 4 * SIDE**2
        assert all(np.ptp(d.vector[:flat]) == 0 for d in found)
        assert all(np.abs(d.vector[flat:]).max() < 0.05 for d in found)
    else:
        boxes = np.array([d.vector[3:] for d in found])
        side = SIDE / min(width, height)
        assert (boxes[:, 2:] > boxes[:, :2]).all() and (boxes >= 0).all()
        assert (boxes <= np.array([width, height] * 2) * side + 1e-3).all()


def test_no_windows_no_frames(clip: tuple, tmp_path: Path) -> None:
    video, tubes, _ = clip
    descriptor, net = _descriptor((RGB,))
    rows = tube_features(video, tubes, [], FeatureCache(tmp_path), descriptor)
    assert rows.shape == (0, descriptor.length) and net.seen == []


def test_the_key_names_all_that_matters() -> None:
    base, _ = _descriptor((RGB,))
    others = [_descriptor((SEGMENTS,))[0], _descriptor((RGB,), every=5)[0]]
    other_weights = NetDescriptor(base.spec, Plain(), "1" * 64, length=1)
    assert len({each.key for each in (base, other_weights, *others)}) == 4
    assert default_every(base.spec) == 2
