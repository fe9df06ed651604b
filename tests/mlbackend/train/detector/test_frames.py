"""Which frames teach a detector: those where nobody can be missing."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from labeling.domain.errors import InvalidInput
from labeling.domain.timebase import Timebase
from mlbackend.train.detector.frames import check_trainable, truth_from

TIMEBASE = Timebase((1, 10), np.arange(100), 100)
PERSON, BALL, DOG, WALK = 1, 2, 3, 4


def _tube(tube_id: str, label_id: int, first: int, last: int, state: str = "accepted") -> dict:
    boxes = [[10.0, 10, 30, 60], [50.0, 10, 70, 60]]
    keyframes = [{"frame": f, "box": b} for f, b in zip((first, last), boxes, strict=True)]
    return {"id": tube_id, "label_id": label_id, "keyframes": keyframes, "state": state}


def _covered(first: int, end: int, labels: list[int], tube_id: str | None = None) -> dict:
    return {
        "id": f"{first}-{end}-{tube_id}",
        "tube_id": tube_id,
        "start_frame": first,
        "end_frame": end,
        "label_ids": labels,
    }


def _content(*videos: dict[str, Any]) -> dict[str, Any]:
    kinds = {PERSON: "object", BALL: "object", DOG: "object", WALK: "action"}
    names = {PERSON: "person", BALL: "ball", DOG: "dog", WALK: "walk"}
    labels = [{"id": i, "kind": kind, "name": names[i]} for i, kind in kinds.items()]
    return {"labels": labels, "videos": list(videos)}


def _video(name: str, split: str, tubes: list[dict], coverage: list[dict]) -> dict[str, Any]:
    return {
        "id": name, "sha256": name, "split": split, "tubes": tubes, "spans": [],
        "coverage": coverage,
    }  # fmt: skip


def test_only_frames_reviewed_for_every_learned_label_count() -> None:
    tubes = [_tube("a", PERSON, 0, 90), _tube("b", BALL, 40, 60)]
    coverage = [
        _covered(0, 70, [PERSON, WALK]),
        _covered(30, 100, [BALL]),
        _covered(0, 100, [PERSON, BALL], tube_id="a"),  # says nothing of others
    ]
    content = _content(_video("v", "train", tubes, coverage))
    truth = truth_from(content, {"v": TIMEBASE})
    assert truth.categories == ("__background__", "person", "ball")  # nobody has a dog
    assert truth.label_ids == (PERSON, BALL)
    assert [frame.frame for frame in truth.train] == [30, 35, 40, 45, 50, 55, 60, 65]
    assert [frame.labels.tolist() for frame in truth.train] == [[1]] * 2 + [[1, 2]] * 5 + [[1]]
    np.testing.assert_allclose(truth.train[4].boxes[1], [30, 10, 50, 60])


def test_an_undecided_proposal_or_a_missing_file_leaves_frames_out() -> None:
    tubes = [_tube("a", PERSON, 0, 99), _tube("b", PERSON, 20, 45, "proposed")]
    tubes.append(_tube("c", PERSON, 0, 99, "rejected"))
    full = [_covered(0, 100, [PERSON])]
    videos = [_video(name, "train", tubes, full) for name in ("v", "gone")]
    truth = truth_from(_content(*videos), {"v": TIMEBASE})
    frames = [frame.frame for frame in truth.train]
    assert frames == [0, 5, 10, 15, *range(50, 100, 5), 99]
    assert all(len(frame.boxes) == 1 for frame in truth.train)


def test_a_proposal_that_nobody_sees_leaves_no_frame_out() -> None:
    tubes = [_tube("a", PERSON, 0, 99), _tube("b", PERSON, 20, 45, "proposed")]
    full = [_covered(0, 100, [PERSON])]
    train = _video("t", "train", tubes[:1], full)
    seen, blind = (_video(name, "hold-out", tubes, full) for name in ("seen", "blind"))
    blind["blind"] = True
    truth = truth_from(
        _content(train, seen, blind), dict.fromkeys(("t", "seen", "blind"), TIMEBASE)
    )
    frames = [frame for frame in truth.hold_out if frame.video_id == "blind"]
    assert [frame.frame for frame in frames] == [*range(0, 100, 5), 99]
    assert all(len(frame.boxes) == 1 for frame in frames)
    assert len(truth.hold_out) - len(frames) < len(frames)


def test_hold_out_videos_are_kept_apart_and_others_are_not_used() -> None:
    full = [_covered(0, 100, [PERSON])]
    tubes = [_tube("a", PERSON, 0, 99)]
    splits = {"v": "train", "h": "hold-out", "t": "test"}
    videos = [_video(name, split, tubes, full) for name, split in splits.items()]
    truth = truth_from(_content(*videos), dict.fromkeys(splits, TIMEBASE))
    assert {frame.video_id for frame in truth.train} == {"v"}
    assert {frame.video_id for frame in truth.hold_out} == {"h"}
    check_trainable(truth)


def test_too_little_is_said_with_what_to_do() -> None:
    tubes = [_tube("a", PERSON, 0, 99)]
    content = _content(_video("v", "train", tubes, [_covered(0, 100, [PERSON], "a")]))
    with pytest.raises(InvalidInput, match=r"There are 0 frames.* 1 confirmed tubes lie on frames"):
        check_trainable(truth_from(content, {"v": TIMEBASE}))
