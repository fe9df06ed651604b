import json
from fractions import Fraction

import av
import pytest

from labeling.domain.errors import InvalidInput
from labeling.ingest.probe import Limits, probe
from tests.labeling import clips


def look(path, **limits):
    return probe(path, path.name, Limits(**limits))


def test_it_records_the_time_of_every_frame(tmp_path):
    ticks = [0, 1, 2, 40, 41, 60, 100]
    found = look(clips.clip(tmp_path / "vfr.mp4", ticks, Fraction(1, 25)))
    second = found.timebase.second
    assert [tick * second for tick in found.timebase.ticks.tolist()] == [
        Fraction(tick, 25) for tick in ticks
    ]
    assert (found.width, found.height, found.rotation) == (128, 64, 0)
    assert found.warnings == ()


def test_real_odd_clips_are_as_recorded(shared_data):
    """Sizes are display-oriented; frame counts are those that can be decoded."""
    odd = shared_data / "clips" / "odd"
    expected = {
        "decord_rot90.mov": (320, 568, 270, 3),
        "decord_rot180.mov": (568, 320, 180, 3),
        "jcodec_orientation.mp4": (720, 1280, 270, 2),
        "torchcodec_nasa_13013.mp4": (320, 180, 0, 325),
        "jcodec_prores.mov": (180, 144, 0, 40),
        "torchcodec_h265.mp4": (128, 128, 0, 10),
        "torchcodec_av1.mkv": (640, 360, 0, 125),
    }
    for name, facts in expected.items():
        found = look(odd / name)
        assert (
            found.width, found.height, found.rotation, found.timebase.frame_count
        ) == facts, name  # fmt: skip


def test_frames_hidden_by_an_edit_list_are_left_out(shared_data):
    path = shared_data / "clips" / "known_action" / "ibm_basketball.mp4"
    with av.open(str(path)) as container:
        assert container.streams.video[0].frames == 265
    found = look(path)
    assert found.timebase.frame_count == 214
    assert found.warnings == ()


def test_an_avi_with_b_frames_is_put_in_order(shared_data):
    path = shared_data / "clips" / "known_action" / "ucf101_v_ApplyEyeMakeup_g01_c01.avi"
    found = look(path)
    assert found.timebase.ticks.tolist() == list(range(1, 165))
    assert "order" in found.warnings[0]


def test_damage_in_the_middle_is_passed_over_and_said(shared_data):
    found = look(shared_data / "clips" / "odd" / "decord_corrupted.mp4")
    assert found.timebase.frame_count == 49
    assert "1 damaged place" in found.warnings[0]


def test_the_frame_counts_of_every_listed_clip_agree(shared_data):
    listed = json.loads((shared_data / "clips" / "clips.json").read_text())
    wanted = {c["file"]: c["frames"] for c in listed if c["file"].startswith("known_action/")}
    present = {name: n for name, n in wanted.items() if (shared_data / "clips" / name).is_file()}
    found = {name: look(shared_data / "clips" / name).timebase.frame_count for name in present}
    assert present and found == present


@pytest.mark.parametrize(
    ("name", "code", "words"),
    [
        ("tfio_audio_only.mp4", "audio_only", "sound but no picture"),
        ("small_mp4_with_audio.mp4", "audio_only", "sound but no picture"),
        ("mp4parse_chunk_out_of_range.mp4", "not_a_video", "not a video that can be read"),
    ],
)
def test_real_files_without_pictures_are_refused(shared_data, name, code, words):
    with pytest.raises(InvalidInput, match=words) as refused:
        look(shared_data / "clips" / "odd" / name)
    assert refused.value.code == code
    assert refused.value.message.startswith(name)


def truncated(path, kept):
    path.write_bytes(path.read_bytes()[: int(path.stat().st_size * kept)])
    return path


def without_index(tmp_path):
    """Without faststart the index comes last, so half a file has none."""
    return truncated(clips.clip(tmp_path / "cut.mp4"), 0.5)


def without_end(tmp_path):
    path = tmp_path / "cut.mp4"
    return truncated(clips.clip(path, range(30), crf="1"), 0.98)


def written(name, data):
    def write(tmp_path):
        (tmp_path / name).write_bytes(data)
        return tmp_path / name

    return write


@pytest.mark.parametrize(
    ("make", "code", "words"),
    [
        (written("a.mp4", b""), "empty_file", "empty"),
        (written("a.txt", b"not a video, only words"), "not_a_video", "not a video"),
        (written("a.mp4", bytes(range(256)) * 40), "not_a_video", "not a video"),
        (written("a.mp4", b"#EXTM3U\nhttp://x/y.ts"), "playlist", "HLS playlist"),
        (written("a.mp4", b"ffconcat version 1.0\nfile /etc/passwd"), "playlist", "concat"),
        (written("a.mp4", b"\xef\xbb\xbf <?xml version='1.0'?><MPD/>"), "playlist", "XML"),
        (without_index, "truncated", "cut off"),
        (without_end, "truncated", "cut off"),
        (lambda tmp_path: clips.sound(tmp_path / "a.mp4"), "audio_only", "no picture"),
        (lambda tmp_path: clips.sound(tmp_path / "a.mkv"), "audio_only", "no picture"),
        (
            lambda tmp_path: clips.changing_size(tmp_path / "a.h264"),
            "size_changes",
            "128×64 to 192×64 at frame 10",
        ),
    ],
)
def test_what_cannot_be_labeled_is_refused_with_its_name(tmp_path, make, code, words):
    path = make(tmp_path)
    with pytest.raises(InvalidInput, match=words) as refused:
        look(path)
    assert refused.value.code == code
    assert refused.value.message.startswith(path.name)


@pytest.mark.parametrize(
    ("limits", "words"),
    [
        ({"picture_pixels": 128 * 63}, "pictures of 128×64 px"),
        ({"frames": 29}, "too long"),
        ({"total_pixels": 128 * 64 * 29}, "too long"),
    ],
)
def test_what_is_too_large_is_refused(made, limits, words):
    with pytest.raises(InvalidInput, match=words) as refused:
        look(made, **limits)
    assert refused.value.code == "too_large"


def test_it_can_be_stopped(tmp_path):
    class Stopped(Exception):
        pass

    def stop(fraction):
        raise Stopped

    path = clips.clip(tmp_path / "long.mp4", range(60))
    with pytest.raises(Stopped):
        probe(path, path.name, Limits(), stop)
