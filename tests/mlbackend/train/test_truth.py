"""Which window of a tube is yes, no or not asked."""

from typing import Any

import numpy as np
import pytest

from mlbackend.train.truth import ReviewedTube, action_labels, reviewed_tubes, window_truth

RUN, WALK, WAVE = 11, 12, 13
WINDOWS = np.array([[10, 20], [20, 30], [30, 40]])


def tube(**changes: Any) -> dict[str, Any]:
    """A confirmed tube on frames 10 to 39."""
    box = [0.0, 0.0, 10.0, 20.0]
    return {
        "id": "t1",
        "label_id": 1,
        "state": "manual",
        "keyframes": [{"frame": 10, "box": box}, {"frame": 39, "box": box}],
        **changes,
    }


def span(start: int, end: int, label_id: int = RUN, **changes: Any) -> dict[str, Any]:
    """A span a person made on t1."""
    return {
        "id": f"s{start}-{label_id}",
        "tube_id": "t1",
        "label_id": label_id,
        "start_frame": start,
        "end_frame": end,
        "state": "manual",
        **changes,
    }


def coverage(start: int, end: int, *labels: int, tube_id: str | None = "t1") -> dict[str, Any]:
    """Somebody looked for these labels."""
    return {
        "id": f"c{start}",
        "tube_id": tube_id,
        "start_frame": start,
        "end_frame": end,
        "label_ids": list(labels),
    }


def content(
    spans: list[dict[str, Any]], covered: list[dict[str, Any]], **changes: Any
) -> dict[str, Any]:
    """A snapshot with one video and one tube."""
    video = {
        "id": "v1",
        "sha256": "v1",
        "split": "train",
        "tubes": [tube(**changes)],
        "spans": spans,
        "coverage": covered,
    }
    return {"labels": [], "videos": [video]}


def truth(*args: Any, labels: tuple[int, ...] = (RUN, WALK), **changes: Any) -> list[list[int]]:
    """Truth of the three windows of the one tube."""
    (reviewed,) = reviewed_tubes(content(*args, **changes))
    return window_truth(reviewed, WINDOWS, labels).tolist()


def test_what_is_covered_and_not_marked_is_no() -> None:
    assert truth([span(10, 20)], [coverage(10, 40, RUN, WALK)]) == [[1, 0], [0, 0], [0, 0]]


@pytest.mark.parametrize(("end", "expected"), [(24, 0), (25, 1)])
def test_half_of_the_window_makes_yes(end: int, expected: int) -> None:
    assert truth([span(20, end)], [coverage(10, 40, RUN, WALK)])[1][0] == expected


def test_two_spans_of_a_label_add_up_and_are_not_counted_twice() -> None:
    covered = [coverage(10, 40, RUN)]
    apart = [span(20, 23), span(27, 29)]
    overlapping = [span(20, 23), span(21, 24)]
    assert truth(apart, covered, labels=(RUN,))[1] == [1]
    assert truth(overlapping, covered, labels=(RUN,))[1] == [0]


def test_several_labels_at_once() -> None:
    spans = [span(10, 40), span(10, 30, WALK)]
    assert truth(spans, [coverage(10, 40, RUN, WALK)]) == [[1, 1], [1, 1], [1, 0]]


def test_a_label_nobody_looked_for_is_not_asked() -> None:
    assert truth([span(10, 40)], [coverage(10, 40, RUN)]) == [[1, -1]] * 3


def test_a_window_that_is_covered_in_part_is_not_asked() -> None:
    covered = [coverage(10, 35, RUN, WALK)]
    assert truth([span(10, 40)], covered) == [[1, 0], [1, 0], [-1, -1]]


def test_coverage_of_the_video_counts_for_its_tubes() -> None:
    covered = [coverage(0, 30, RUN, WALK, tube_id=None)]
    assert truth([], covered) == [[0, 0], [0, 0], [-1, -1]]


def test_proposed_and_rejected_spans_say_nothing() -> None:
    spans = [span(10, 40, state="proposed"), span(10, 40, WALK, state="rejected")]
    assert truth(spans, [coverage(10, 40, RUN, WALK)]) == [[0, 0]] * 3


@pytest.mark.parametrize("state", ["proposed", "rejected"])
def test_a_tube_that_is_not_confirmed_is_no_evidence(state: str) -> None:
    made = content([span(10, 20)], [coverage(10, 40, RUN)], state=state)
    assert reviewed_tubes(made) == []


def test_a_tube_without_coverage_is_no_evidence() -> None:
    assert reviewed_tubes(content([span(10, 20)], [])) == []
    elsewhere = [coverage(50, 90, RUN, tube_id=None)]
    assert reviewed_tubes(content([span(10, 20)], elsewhere)) == []


def test_windows_past_the_ends_of_the_tube() -> None:
    (reviewed,) = reviewed_tubes(content([span(10, 40)], [coverage(10, 40, RUN)]))
    assert isinstance(reviewed, ReviewedTube)
    windows = np.array([[0, 15], [35, 60], [40, 60], [0, 10]])
    assert window_truth(reviewed, windows, (RUN,)).tolist() == [[1], [1], [-1], [-1]]


def test_action_labels_are_in_order_of_their_ids() -> None:
    labels = [
        {"id": 9, "kind": "action", "name": "b"},
        {"id": 2, "kind": "object", "name": "person"},
        {"id": 4, "kind": "action", "name": "a"},
    ]
    assert [label["id"] for label in action_labels({"labels": labels})] == [4, 9]
