import zlib
from fractions import Fraction

import numpy as np
import pytest

from labeling import media
from labeling.domain.errors import InvalidInput
from labeling.domain.timebase import Timebase
from labeling.ingest.probe import Limits, probe
from tests.labeling import clips

# Closed and open GOPs, with and without B-frames, VFR, AVI: 250 frames with their number in them.
KINDS = {
    "plain.mp4": {},
    "b_frames.mp4": {"bf": "3", "g": "40"},
    "open_gop.mp4": {"bf": "3", "g": "25", "x264-params": "open-gop=1"},
    "long_gop.mkv": {"bf": "2", "g": "250"},
    "packed.avi": {"codec": "mpeg4", "bf": "2", "g": "12", "qscale": "2"},
    "stream.ts": {"bf": "2", "g": "25"},
}


@pytest.fixture(params=KINDS)
def counted(request, tmp_path):
    path = clips.clip(tmp_path / request.param, range(250), Fraction(1, 25), **KINDS[request.param])
    found = probe(path, path.name, Limits())
    assert found.timebase.frame_count == 250
    return path, found.timebase


def test_every_frame_is_the_right_one(counted):
    path, timebase = counted
    numbers = [(i, clips.number(picture)) for i, picture in media.read_frames(path, timebase)]
    assert numbers == [(i, i) for i in range(250)]


@pytest.mark.parametrize("wanted", [[249], [120], [0, 130, 240], range(98, 104), [200, 5, 5, 99]])
def test_any_frames_are_the_right_ones(counted, wanted):
    path, timebase = counted
    found = {i: clips.number(p) for i, p in media.read_frames(path, timebase, wanted)}
    assert found == {i: i for i in sorted(set(wanted))}


def test_a_frame_alone_is_the_frame_of_a_full_pass(shared_data):
    """Includes a 4:4:4 stream whose keyframes can be decoded only after its first packet."""
    folder = shared_data / "clips"
    for name in ("odd/imageio_cockatoo.mp4", "known_action/ibm_basketball.mp4",
                 "odd/torchcodec_nasa_13013.mp4", "odd/decord_corrupted.mp4",
                 "known_action/ucf101_v_ApplyEyeMakeup_g01_c01.avi"):  # fmt: skip
        found = probe(folder / name, name, Limits())
        last = found.timebase.frame_count - 1
        wanted = {last // 2, last - 3, last}
        full = counted_off(folder / name, wanted)
        for index in wanted:
            ((_, alone),) = media.read_frames(folder / name, found.timebase, [index])
            assert zlib.crc32(alone) == full[index], (name, index)


def counted_off(path, wanted):
    """Checksums of frames found by counting from the start."""
    with media.open_video(path) as container:
        frames = enumerate(media.decoded(container, media.main_stream(container)))
        return {
            i: zlib.crc32(frame.to_ndarray(format="rgb24")) for i, frame in frames if i in wanted
        }


@pytest.mark.parametrize(
    ("rotation", "corner"), [(0, (0, 0)), (90, (5, 0)), (180, (3, 5)), (270, (0, 3))]
)
def test_pictures_are_turned_counterclockwise(rotation, corner):
    """The top left corner goes to the bottom left by a quarter turn."""
    sideways = np.zeros((4, 6, 3), np.uint8)
    sideways[0, 0] = 255
    turned = media.upright(sideways, rotation)
    assert turned[corner].tolist() == [255, 255, 255]


def test_a_frame_outside_the_video_is_refused(tmp_path):
    path = clips.clip(tmp_path / "a.mp4")
    timebase = probe(path, path.name, Limits()).timebase
    with pytest.raises(InvalidInput, match="frames 0 to 29"):
        list(media.read_frames(path, timebase, [30]))


def test_a_file_that_became_shorter_is_said(tmp_path):
    path = clips.clip(tmp_path / "a.mp4")
    longer = Timebase((1, 10), np.arange(40), 40)
    with pytest.raises(InvalidInput, match="ended after frame 29"):
        list(media.read_frames(path, longer))


def test_a_name_is_never_a_protocol(tmp_path):
    inner = clips.clip(tmp_path / "a.mp4")
    odd = tmp_path / "concat:a.mp4|b.mp4"
    odd.write_bytes(inner.read_bytes())
    with media.open_video(odd) as container:
        assert len(list(container.decode(video=0))) == 30
