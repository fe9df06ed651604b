"""Clips on disk: what the net is shown of them is what proposals are made from."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import av
import numpy as np
import pytest

from labeling.domain.box import Box
from labeling.domain.timebase import Timebase
from labeling.domain.tube import Keyframe, Tube
from mlbackend.data.clip_maker import ClipMaker
from mlbackend.data.descriptor import Clip
from mlbackend.data.pixels import batch_tensor
from mlbackend.data.shared_decode import read_together
from mlbackend.nets.action_net import ClipInput, NetSpec, Stream, View
from mlbackend.train.net.augment import STILL, Jitter
from mlbackend.train.net.clips import ClipStore, FileClips, samples_as_text, samples_of
from tests.mlbackend.train.net import tiny

FRAMES = 60


@pytest.fixture(scope="module")
def clip(tmp_path_factory: pytest.TempPathFactory) -> Clip:
    """Three seconds at 20 frames a second: a bright block walks to the right."""
    path = tmp_path_factory.mktemp("clips") / "walk.mp4"
    with av.open(str(path), "w") as file:
        stream = file.add_stream("libx264", rate=20)
        stream.width, stream.height, stream.pix_fmt = 160, 120, "yuv420p"
        stream.options = {"crf": "12"}
        y, x = np.mgrid[0:120, 0:160]
        for t in range(FRAMES):
            picture = np.stack([40 + y // 2, 60 + x // 3, np.full_like(x, 90)], axis=2)
            picture[40:90, 20 + t : 50 + t] = (220, 180, 40)
            frame = av.VideoFrame.from_ndarray(picture.astype(np.uint8), format="rgb24")
            for packet in stream.encode(frame):
                file.mux(packet)
        for packet in stream.encode():
            file.mux(packet)
    return Clip(path, "f" * 64, 0, Timebase((1, 20), np.arange(FRAMES), FRAMES))


@pytest.fixture
def tube() -> Tube:
    ends = [(0, 20.0), (FRAMES - 1, 79.0)]
    keyframes = tuple(Keyframe(f, Box(x, 40.0, x + 30.0, 90.0)) for f, x in ends)
    return Tube("a", 1, keyframes, number=1)


def spec_of(stream: Stream = Stream.RGB, view: View = View.TUBE, **changes: object) -> NetSpec:
    channels = 2 if stream is Stream.FLOW else 3
    scale = 1 / 20 if stream is Stream.FLOW else 1 / 255
    wanted = ClipInput(
        frames=6, step_s=0.1, size=48, stream=stream, scale=scale,
        mean=(0.0,) * channels, std=(1.0,) * channels,
    )  # fmt: skip
    return replace(tiny.spec(view=view), inputs=(replace(wanted, **changes),))


class Seen:
    """The clips that proposals would be made from."""

    def __init__(self, maker: ClipMaker) -> None:
        self.maker, self.frames, self.made = maker, maker.frames, []

    def take(self, frame: int, picture: np.ndarray) -> list:
        self.made += self.maker.take(frame, picture)
        return []

    def finish(self) -> list:
        return []


@pytest.mark.parametrize(
    "spec",
    [
        spec_of(),
        spec_of(bgr=True, mean=(0.4, 0.5, 0.6)),
        spec_of(segments=True, frames=3),
        spec_of(Stream.FLOW),
        spec_of(Stream.FLOW, stack=2, segments=True, frames=3),
        spec_of(Stream.RGB_DIFFERENCE),
        spec_of(view=View.PICTURE),
    ],
    ids=["color", "bgr", "segments", "flow", "stacked flow", "difference", "picture"],
)
def test_unchanged_it_is_what_proposals_are_made_from(
    spec: NetSpec, clip: Clip, tube: Tube, tmp_path: Path
) -> None:
    window = (16, 40)
    store = ClipStore(tmp_path, spec)
    assert store.make(clip, [tube], {0: [window]}) == 1
    seen = Seen(ClipMaker(spec, clip, [tube], {0: [window]}))
    read_together(clip, [seen], lambda *_: None)
    (made,) = seen.made
    source = FileClips(spec, samples_of(samples_as_text([store.sample(clip, tube, window)])))
    found = source.read((0,), STILL)
    (wanted,) = spec.inputs
    expected = batch_tensor([made.streams[0]], wanted, "cpu")[0]
    assert found.streams[0].shape == expected.shape
    difference = (found.streams[0] - expected).abs()
    # Cut 1.15 times as wide and then in the middle, pixels are sampled at other places.
    loose = 0.05 if spec.view is View.TUBE else 0.02
    assert difference.mean() < (0.5 * loose if wanted.stream is Stream.RGB else 0.02)
    assert expected.std() > 2 * difference.mean()
    if spec.view is View.PICTURE:
        np.testing.assert_allclose(found.boxes, made.rois, atol=1e-6)


def test_a_video_is_decoded_once(
    clip: Clip, tube: Tube, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    store = ClipStore(tmp_path, spec_of())
    assert store.make(clip, [tube], {0: [(0, 24), (16, 40)]}) == 2
    gone = replace(clip, path=Path("gone.mp4"))
    assert store.make(gone, [tube], {0: [(0, 24), (16, 40)]}) == 0
    other = ClipStore(tmp_path, spec_of(size=32))
    assert other.make(clip, [tube], {0: [(0, 24)]}) == 1
    store.prune(0)
    assert not list(tmp_path.glob("clips/*/*.npz"))


def test_the_window_may_be_shifted_and_mirrored(clip: Clip, tube: Tube, tmp_path: Path) -> None:
    spec = spec_of()
    store = ClipStore(tmp_path, spec)
    store.make(clip, [tube], {0: [(16, 40)]})
    source = FileClips(spec, [store.sample(clip, tube, (16, 40))])
    still, early = source.read((0,), STILL), source.read((0,), Jitter(shift=0.25))
    mirrored = source.read((0,), Jitter(mirror=True)).streams[0]
    assert (mirrored.flip(-1) - still.streams[0]).abs().mean() < 0.01
    # Two of the four spare moments earlier: the later moments of one are those of the other.
    assert (early.streams[0][:, 2:] - still.streams[0][:, :-2]).abs().max() < 1e-6


def test_a_damaged_clip_is_named(clip: Clip, tube: Tube, tmp_path: Path) -> None:
    spec = spec_of()
    store = ClipStore(tmp_path, spec)
    store.make(clip, [tube], {0: [(16, 40)]})
    sample = store.sample(clip, tube, (16, 40))
    sample.path.write_bytes(sample.path.read_bytes()[:500])
    with pytest.raises(OSError, match="damaged"):
        FileClips(spec, [sample]).read((0,), STILL)
