"""The stop set: fixed by a hash, of training videos, and never of what a person decided."""

from typing import Any

from mlbackend.train.learning.stop_set import _unreviewed


def content(*decided: int, split: str = "train") -> dict[str, Any]:
    """Thirty tubes of a video, some of them decided, and one of a hold-out video."""

    def tube(number: int, state: str) -> dict[str, Any]:
        box = {"frame": 0, "box": [0, 0, 9, 9]}
        return {
            "id": f"t{number}",
            "number": number,
            "label_id": 1,
            "keyframes": [box],
            "state": state,
        }

    tubes = [tube(n, "accepted" if n in decided else "proposed") for n in range(1, 31)]
    held = {"id": "h", "sha256": "c", "split": "hold-out", "tubes": [tube(1, "proposed")]}
    return {"videos": [{"id": "v", "sha256": "b", "split": split, "tubes": tubes}, held]}


def order(found: dict[str, Any]) -> list[tuple[str, int | None]]:
    """Videos and numbers in the order they are taken."""
    return [(video_id, tube.number) for video_id, tube in _unreviewed(found)]


def test_its_order_does_not_follow_that_of_the_tubes_and_repeats() -> None:
    first = order(content())
    assert len(first) == 30 and first == order(content())
    assert [number for _, number in first] != sorted(number or 0 for _, number in first)


def test_a_tube_that_was_decided_leaves_and_the_others_stay_in_place() -> None:
    before = order(content())
    gone = {before[0][1], before[7][1]}
    after = order(content(*(number for number in gone if number)))
    assert after == [each for each in before if each[1] not in gone]


def test_only_training_videos_are_asked() -> None:
    assert order(content(split="val")) == []
    assert {video_id for video_id, _ in order(content())} == {"v"}
