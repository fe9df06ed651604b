"""The samplers against the published ones' frames, and clips by recorded time."""

from __future__ import annotations

import json
import re
from pathlib import Path

import numpy as np
import pytest

from labeling.domain.errors import InvalidInput
from labeling.domain.timebase import Timebase
from mlbackend.data import sampling
from mlbackend.nets.action_net import ClipInput

STEADY = Timebase((1, 25), np.arange(100), 100)
CLIP = ClipInput(frames=8, step_s=0.08, size=224)


def _numbers(key: str) -> list[int]:
    return [int(n) for n in re.findall(r"=(\d+)", key)]


def _mmaction2_ends(*numbers: int) -> list:
    return sampling.mmaction2_3d_test(*numbers)[:, [0, -1]].tolist()


@pytest.mark.parametrize(
    "name,sampler",
    [
        ("tsn_pytorch_test", sampling.tsn_test),
        ("tsn_pytorch_val", sampling.tsn_validation),
        ("mmaction2_2d_test", sampling.mmaction2_2d_test),
        ("mmaction2_3d_test_first_last", _mmaction2_ends),
        ("slowfast_ava_seq", sampling.slowfast_ava),
        ("mmaction2_ava", sampling.mmaction2_ava),
    ],
)
def test_published_samplers(shared_data: Path, name: str, sampler) -> None:
    golden = json.loads((shared_data / "golden/frame_sampling.json").read_text())[name]
    for key, expected in golden.items():
        assert np.asarray(sampler(*_numbers(key))).tolist() == expected, key


def test_clip_is_centered_on_its_window() -> None:
    assert sampling.clip_frames(STEADY, 40, 60, CLIP, 0, 99).tolist() == list(range(42, 58, 2))
    # A window that begins half a frame later has its middle in the same frame.
    assert sampling.clip_frames(STEADY, 40, 61, CLIP, 0, 99).tolist() == list(range(42, 58, 2))


def test_clip_goes_by_time_not_by_index() -> None:
    # 25 frames a second, then 50: a step of 0.08 s is two frames, then four.
    ticks = np.concatenate([np.arange(0, 100, 2), np.arange(100, 200)])
    timebase = Timebase((1, 50), ticks, 200)
    clip = ClipInput(frames=4, step_s=0.08, size=224)
    assert sampling.clip_frames(timebase, 10, 20, clip, 0, 149).tolist() == [11, 13, 15, 17]
    assert sampling.clip_frames(timebase, 100, 120, clip, 0, 149).tolist() == [102, 106, 110, 114]


def test_rounded_ticks_neither_skip_nor_repeat() -> None:
    # 30 frames a second in a container that counts milliseconds.
    ticks = np.round(np.arange(300) * 1000 / 30).astype(int)
    timebase = Timebase((1, 1000), ticks, 10000)
    clip = ClipInput(frames=32, step_s=1 / 30, size=224)
    for start in range(50, 80):
        for length in (30, 31):
            frames = sampling.clip_frames(timebase, start, start + length, clip, 0, 299)
            assert set(np.diff(frames)) == {1}


def test_clip_stays_inside_its_tube() -> None:
    assert sampling.clip_frames(STEADY, 0, 4, CLIP, 0, 99)[:5].tolist() == [0, 0, 0, 0, 2]
    assert sampling.clip_frames(STEADY, 40, 60, CLIP, 48, 51).tolist() == [
        48, 48, 48, 48, 50, 51, 51, 51,
    ]  # fmt: skip
    one = Timebase((1, 25), np.array([7]), 8)
    assert sampling.clip_frames(one, 0, 1, CLIP, 0, 0).tolist() == [0] * 8


def test_segments_are_tsns_on_a_steady_video() -> None:
    clip = ClipInput(frames=8, step_s=0.04, size=224, segments=True)
    for start, end in [(0, 79), (3, 13), (20, 25), (5, 21)]:
        expected = start + sampling.tsn_test(end - start, 8)
        assert sampling.clip_frames(STEADY, start, end, clip, 0, 99).tolist() == expected.tolist()


def test_no_frames_no_clip() -> None:
    with pytest.raises(InvalidInput, match="window is 5 to 5"):
        sampling.clip_frames(STEADY, 5, 5, CLIP, 0, 99)
    with pytest.raises(InvalidInput, match="frames 9 to 8 may be used"):
        sampling.clip_frames(STEADY, 5, 9, CLIP, 9, 8)
