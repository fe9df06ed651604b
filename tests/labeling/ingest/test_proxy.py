from fractions import Fraction

import av
import numpy as np
import pytest

from labeling.domain.errors import InvalidInput
from labeling.domain.timebase import Timebase
from labeling.ingest.probe import Limits, probe
from labeling.ingest.proxy import proxy_check, proxy_size, proxy_write
from labeling.media import read_frames
from tests.labeling import clips


def made_of(path, target):
    found = probe(path, path.name, Limits())
    proxy_write(path, target, found.timebase, found.rotation)
    return found


def times(path):
    with av.open(str(path)) as container:
        stream = container.streams.video[0]
        return [frame.pts * stream.time_base for frame in container.decode(stream)]


@pytest.mark.parametrize(
    ("size", "fitted"),
    [
        ((480, 360), (480, 360)),
        ((1920, 1080), (1280, 720)),
        ((1080, 1920), (720, 1280)),
        ((341, 255), (340, 254)),
        ((1, 1), (2, 2)),
    ],
)
def test_the_long_side_is_bounded_and_both_are_even(size, fitted):
    assert proxy_size(*size) == fitted


def test_it_has_the_source_frames_at_the_source_times(tmp_path):
    ticks = [7, 8, 9, 50, 51, 90, 130, *range(140, 180)]
    source = clips.clip(tmp_path / "vfr.mkv", ticks, Fraction(1, 30), bf="2")
    found = made_of(source, tmp_path / "proxy.mp4")
    shown = found.timebase
    assert times(tmp_path / "proxy.mp4") == [
        (int(tick) - int(shown.ticks[0])) * shown.second for tick in shown.ticks
    ]
    proxied = probe(tmp_path / "proxy.mp4", "proxy", Limits()).timebase
    numbers = [clips.number(p) for _, p in read_frames(tmp_path / "proxy.mp4", proxied)]
    assert numbers == list(range(len(ticks)))
    assert proxied.duration_s == pytest.approx(shown.duration_s, abs=1e-3)


def test_it_seeks_well(tmp_path):
    made_of(clips.clip(tmp_path / "a.mp4", range(60), bf="3"), tmp_path / "proxy.mp4")
    with av.open(str(tmp_path / "proxy.mp4")) as container:
        stream = container.streams.video[0]
        packets = [packet for packet in container.demux(stream) if packet.size]
        assert (stream.codec_context.name, stream.codec_context.pix_fmt) == ("h264", "yuv420p")
    assert [i for i, packet in enumerate(packets) if packet.is_keyframe] == [0, 12, 24, 36, 48]
    assert all(packet.pts == packet.dts for packet in packets)
    head = (tmp_path / "proxy.mp4").read_bytes()
    assert head.index(b"moov") < head.index(b"mdat")


@pytest.mark.parametrize("name", ["decord_rot90.mov", "decord_rot180.mov"])
def test_rotation_is_applied_once(shared_data, tmp_path, name):
    source = shared_data / "clips" / "odd" / name
    found = made_of(source, tmp_path / "proxy.mp4")
    proxied = probe(tmp_path / "proxy.mp4", "proxy", Limits())
    assert (proxied.rotation, proxied.width, proxied.height) == (0, found.width, found.height)
    upright = dict(read_frames(source, found.timebase, [0], rotation=found.rotation))[0]
    shown = dict(read_frames(tmp_path / "proxy.mp4", proxied.timebase, [0]))[0]
    assert np.abs(upright.astype(float) - shown).mean() < 5


@pytest.mark.parametrize("name", ["torchcodec_bt709_full_range.mp4", "torchcodec_av1.mkv"])
def test_colors_stay(shared_data, tmp_path, name):
    source = shared_data / "clips" / "odd" / name
    found = made_of(source, tmp_path / "proxy.mp4")
    proxied = probe(tmp_path / "proxy.mp4", "proxy", Limits())
    before = dict(read_frames(source, found.timebase, [9]))[9].astype(float)
    after = dict(read_frames(tmp_path / "proxy.mp4", proxied.timebase, [9]))[9]
    assert np.abs((before - after).mean(axis=(0, 1))).max() < 3


def test_nothing_half_written_stays(made, tmp_path):
    wrong = Timebase((1, 10), np.arange(31), 31)
    folder = tmp_path / "out"
    folder.mkdir()
    with pytest.raises(InvalidInput, match="31 frames and now gives 30"):
        proxy_write(made, folder / "proxy.mp4", wrong, 0)
    assert list(folder.iterdir()) == []


def test_a_proxy_with_other_times_is_noticed(made):
    with pytest.raises(InvalidInput, match="other times"):
        proxy_check(made, Timebase((1, 10), np.arange(30) * 2, 60))
