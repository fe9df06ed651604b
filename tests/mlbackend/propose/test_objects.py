"""Which categories get which labels, and that no tube holds two of them."""

from __future__ import annotations

import uuid

import numpy as np

from mlbackend.propose.detectors.base import suppress
from mlbackend.propose.detectors.coco import COCO_80, COCO_91
from mlbackend.propose.link import Observed, link
from mlbackend.propose.objects import labels_by_category, listed
from mlbackend.propose.tubes import tubes_of


def test_cocos_names_are_torchvisions() -> None:
    from torchvision.models.detection import FasterRCNN_ResNet50_FPN_Weights

    published = FasterRCNN_ResNet50_FPN_Weights.COCO_V1.meta["categories"]
    assert list(COCO_91) == published
    assert len(COCO_80) == 80 and COCO_80[0] == "person" and COCO_80[-1] == "toothbrush"


def test_labels_get_the_categories_of_their_names() -> None:
    named = {7: "Sports-Ball", 3: "person", 9: "DOG", 4: "hat"}
    assert labels_by_category(COCO_80, named) == {32: 7, 0: 3, 16: 9}
    assert labels_by_category(("person",), named) == {0: 3}
    assert labels_by_category(COCO_80, {1: "car", 2: "Car"}) == {2: 1}


def test_people_get_the_first_label_that_names_nothing_else() -> None:
    assert labels_by_category(COCO_91, {5: "car", 6: "player", 7: "coach"}) == {3: 5, 1: 6}
    assert labels_by_category(COCO_91, {5: "car"}) == {3: 5}
    assert labels_by_category(("ball",), {5: "hat"}) == {}
    assert listed(COCO_91, 2) == "person, bicycle and 78 more" and listed(("ball",)) == "ball"


def _seen(frame: int) -> Observed:
    """A dog runs through a person, and a person beside them; 10 frames a second."""
    boxes = [[100, 50, 140, 150], [60.0 + 8 * frame, 80, 120.0 + 8 * frame, 140], [300, 5, 340, 99]]
    return Observed(
        frame,
        frame / 10,
        np.array(boxes, dtype=float),
        np.array([0.8, 0.9, 0.7]),
        np.empty((3, 0)),
        np.array([0, 16, 0]),
    )


def test_linking_never_mixes_categories() -> None:
    seen = [_seen(frame) for frame in range(20)]
    tracks = link(seen)
    assert [track.category for track in tracks] == [16, 0, 0]
    assert all(len(track.frames) == 20 for track in tracks)
    tubes = tubes_of(seen, label_id={0: 3, 16: 9}, run_id=str(uuid.UUID(int=1)))
    assert [tube.label_id for tube in tubes] == [9, 3, 3]
    alone = tubes_of(seen, label_id={16: 9}, run_id=str(uuid.UUID(int=1)))
    assert [tube.keyframes for tube in alone] == [tubes[0].keyframes]


def test_suppression_keeps_categories_apart() -> None:
    boxes = np.array([[0, 0, 10, 10], [0, 0, 10, 10], [1, 0, 11, 10]], dtype=float)
    kept = suppress(boxes, np.array([0.5, 0.9, 0.8]), 0.45, np.array([1, 0, 1]))
    assert kept.tolist() == [1, 2]
