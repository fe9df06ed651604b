"""What trains, what measures, and what is said when there is nothing to learn from."""

from typing import Any

import numpy as np
import pytest

from labeling.domain.errors import InvalidInput
from mlbackend.train.dataset import Dataset, check_trainable, dataset_from
from mlbackend.train.holdout import HoldOut, is_reserved
from mlbackend.train.truth import ReviewedTube

RUN = 5
BOX = [0.0, 0.0, 10.0, 20.0]


def video(split: str, tubes: range, *, running: bool = True, name: str = "") -> dict[str, Any]:
    """A video whose tubes run through frames 0 to 9 and stand through 10 to 19, all covered."""
    name = name or split
    ids = [f"{name}-{i}" for i in tubes]
    return {
        "id": name,
        "sha256": name,
        "split": split,
        "tubes": [
            {
                "id": i,
                "number": int(i.rpartition("-")[2]),
                "label_id": 1,
                "state": "accepted",
                "keyframes": [{"frame": 0, "box": BOX}, {"frame": 19, "box": BOX}],
            }
            for i in ids
        ],
        "spans": [
            {
                "id": f"s-{i}",
                "tube_id": i,
                "label_id": RUN,
                "start_frame": 0,
                "end_frame": 10,
                "state": "manual",
            }
            for i in ids
            if running
        ],
        "coverage": [
            {"id": f"c-{i}", "tube_id": i, "start_frame": 0, "end_frame": 20, "label_ids": [RUN]}
            for i in ids
        ],
    }


def features(reviewed: ReviewedTube) -> tuple[np.ndarray, np.ndarray]:
    """Two windows and one feature: which of them it is."""
    return np.array([[0, 10], [10, 20]]), np.array([[1.0], [0.0]])


def made(*videos: dict[str, Any], labels: bool = True) -> Dataset:
    """The dataset of these videos."""
    label = {"id": RUN, "kind": "action", "name": "run"}
    return dataset_from({"labels": [label] if labels else [], "videos": list(videos)}, features)


def test_hold_out_videos_measure_and_training_videos_train() -> None:
    got = made(video("train", range(6)), video("hold-out", range(2)), video("test", range(3)))
    assert got.rule is HoldOut.VIDEOS
    assert set(got.train.video_ids) == {"train"}
    assert set(got.hold_out.video_ids) == {"hold-out"}
    assert (got.train.tubes, got.hold_out.tubes) == (6, 2)
    assert (got.train.X[:, 0] == (got.train.Y[:, 0] == 1)).all()


def test_without_hold_out_videos_one_tube_in_four_is_reserved() -> None:
    got = made(video("train", range(200)))
    held, trained = set(got.hold_out.tube_ids), set(got.train.tube_ids)
    assert got.rule is HoldOut.RESERVED
    assert held.isdisjoint(trained)
    assert len(held) + len(trained) == 200
    assert 35 <= len(held) <= 65
    assert held == {f"train-{i}" for i in range(200) if is_reserved("train", i)}


def test_a_hold_out_video_without_reviewed_tubes_is_no_hold_out() -> None:
    empty = {
        "id": "h",
        "sha256": "h",
        "split": "hold-out",
        "tubes": [],
        "spans": [],
        "coverage": [],
    }
    assert made(video("train", range(9)), empty).rule is HoldOut.RESERVED


def test_tubes_that_were_reserved_train_once_there_are_hold_out_videos() -> None:
    got = made(video("train", range(20)), video("hold-out", range(1)))
    assert got.train.tubes == 20


def test_enough_is_enough() -> None:
    check_trainable(made(video("train", range(8))))


@pytest.mark.parametrize(
    ("dataset", "message"),
    [
        (made(video("train", range(8)), labels=False), "no action label"),
        (made(), "no reviewed tube"),
        (made(video("hold-out", range(8))), "no reviewed tube"),
        (made(video("train", range(8), running=False)), r"run: 0 with, \d+ without"),
    ],
)
def test_it_says_what_is_missing(dataset: Dataset, message: str) -> None:
    with pytest.raises(InvalidInput, match=message) as caught:
        check_trainable(dataset)
    assert caught.value.code == "nothing_to_train"
