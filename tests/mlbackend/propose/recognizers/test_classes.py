"""Names of classes that mean the same."""

from __future__ import annotations

import pytest

from labeling.domain.taxonomy import LabelKind, LabelValue
from mlbackend.propose.recognizers.classes import matched, normalized


def _label(number: int, name: str, ava_id: int | None = None, kind: str = "action") -> LabelValue:
    return LabelValue(id=number, kind=LabelKind(kind), name=name, ava_id=ava_id)


@pytest.mark.parametrize(
    "names",
    [
        ("run", "Running", "RUNNING"),
        ("WalkingWithDog", "walking_with_dog", "walk with a dog", "Walking with the dog"),
        ("talk to (e.g., self, a person, a group)", "Talk to", "talking-to"),
        ("brush_hair", "brushing hair"),
        ("ride", "riding"),
        ("kiss", "kissing"),
        ("fall", "falling"),
        ("see", "seeing"),
        ("use computer", "using computer"),
        ("typing", "type"),
    ],
)
def test_spellings_of_one_name(names: tuple[str, ...]) -> None:
    assert len({normalized(name) for name in names}) == 1


@pytest.mark.parametrize(
    ("one", "other"), [("run", "walk"), ("swing", "sw"), ("king", "k"), ("sit", "sitting down")]
)
def test_other_names_stay_others(one: str, other: str) -> None:
    assert normalized(one) != normalized(other)


def test_several_classes_may_mean_one_label() -> None:
    classes = ("Waving", "running", "wave (hand)", "jumping")
    labels = [_label(4, "wave"), _label(9, "run"), _label(2, "jump", kind="segment")]
    assert matched(classes, labels) == {4: [0, 2], 9: [1]}


def test_avas_classes_also_match_by_number() -> None:
    ava = ["bend/bow (at the waist)", *[f"class {i}" for i in range(2, 14)], "walk", "class 15"]
    labels = [_label(1, "gehen", ava_id=14), _label(2, "unknown", ava_id=80), _label(3, "other")]
    assert matched(ava, labels) == {1: [13]}
    assert matched(["playing cricket", *ava[1:]], labels) == {}
