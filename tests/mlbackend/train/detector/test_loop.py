"""A small Faster R-CNN on a drawn clip: it learns, goes on exactly, and its boxes stay right."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch

from labeling.domain.errors import InvalidInput
from mlbackend.data.synthetic import Act, ClipSpec, PersonSpec, render_clip
from mlbackend.nets import faster_rcnn
from mlbackend.propose.detectors.coco import COCO_91
from mlbackend.train.detector import loop
from mlbackend.train.detector.frames import TrueFrame
from mlbackend.train.detector.loop import DetectorParams, DetectorTask, train
from mlbackend.train.detector.net import begun, freeze, train_mode
from mlbackend.train.detector.pictures import Pictures, as_input, mirrored

NET = "fasterrcnn_mobilenet_v3_large_320_fpn"
SIDES = (96, 128)
CATEGORIES = ("__background__", "person")
CPU = torch.device("cpu")


@pytest.fixture(scope="module")
def drawn(tmp_path_factory: Any) -> tuple[Pictures, list[TrueFrame]]:
    """Eight frames of two people, with their true boxes."""
    people = tuple(
        PersonSpec((Act(0.0, ("walk",)),), x=x, height_px=70.0, direction=d)
        for x, d in ((0.3, 1), (0.7, -1))
    )
    spec = ClipSpec("yard", 3, people, duration_s=0.8, width=128, height=96)
    frames, truth = render_clip(spec)
    pictures = Pictures(tmp_path_factory.mktemp("pictures"), 1333)
    kept = []
    for number, picture in enumerate(frames):
        boxes = np.array([person.boxes[number] for person in truth.people])
        if number % 2 == 0 and not np.isnan(boxes).any() and len(kept) < 8:
            pictures._write(pictures._path("v", number), picture)
            kept.append(TrueFrame("v", number, boxes, np.ones(len(boxes), dtype=np.int64)))
    assert len(kept) == 8
    return pictures, kept


def _task(drawn: tuple[Pictures, list[TrueFrame]], folder: Path, **params: Any) -> DetectorTask:
    pictures, frames = drawn
    wish = DetectorParams(net=NET, batch=2, lr=0.08, from_scratch=True, **params)
    net = begun(NET, CATEGORIES, None, (), seed=wish.seed, sides_px=SIDES)
    net.roi_heads.fg_bg_sampler.batch_size_per_image = 32  # of 512: most of the time
    return DetectorTask(net, frames, pictures, wish, folder)


def _quiet(_share: float, _text: str) -> None:
    pass


def test_the_loss_falls_and_a_stopped_training_goes_on_exactly(
    drawn: tuple[Pictures, list[TrueFrame]], tmp_path: Path
) -> None:
    whole = _task(drawn, tmp_path / "whole", epochs=3)
    weights = train(whole, _quiet, CPU).state_dict()
    assert whole.losses == sorted(whole.losses, reverse=True)
    assert whole.losses[-1] < 0.9 * whole.losses[0]

    def stops(share: float, _text: str) -> None:
        if share > 0.6:
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        train(_task(drawn, tmp_path / "cut", epochs=3), stops, CPU)
    resumed = _task(drawn, tmp_path / "cut", epochs=3)
    again = train(resumed, _quiet, CPU).state_dict()
    assert resumed.losses == whole.losses
    assert all(torch.equal(weights[key], again[key]) for key in weights)


def test_what_does_not_fit_into_memory_is_halved_and_said(
    drawn: tuple[Pictures, list[TrueFrame]], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    sizes: list[int] = []

    def gradients(_task: Any, chosen: Any, _step: int, part: int, _device: Any) -> float:
        sizes.append(part)
        if part > 1:
            raise RuntimeError("CUDA out of memory. Tried to allocate 2 GiB")
        return 1.0

    monkeypatch.setattr(loop, "_gradients", gradients)
    task = _task(drawn, tmp_path, epochs=1)
    train(task, _quiet, CPU)
    assert sizes == [2, 1, 1, 1, 1]
    assert task.notes[-1] == "Memory ran out: 1 pictures at once from here on."
    monkeypatch.setattr(loop, "_gradients", lambda *_: float("nan"))
    with pytest.raises(InvalidInput, match="fell apart at step 1"):
        train(_task(drawn, tmp_path / "b", epochs=1), _quiet, CPU)


def test_boxes_follow_the_picture(tmp_path: Path) -> None:
    boxes = np.array([[100.0, 20, 140, 60], [-5.0, 0, 20, 300], [150.0, 1, 150.5, 90]])
    np.testing.assert_allclose(mirrored(mirrored(boxes, 160), 160), boxes)
    picture = np.zeros((90, 160, 3), dtype=np.uint8)
    picture[20:60, 100:140] = (255, 0, 0)
    labels = np.array([1, 2, 1])
    image, target = as_input(picture, boxes, labels, flip=True)
    assert target["boxes"].tolist() == [[20, 20, 60, 60], [140, 0, 160, 90]]
    assert target["labels"].tolist() == [1, 2]
    assert image[2, 20:60, 20:60].min() == 1.0 and float(image.sum()) == 40 * 40  # blue is last
    pictures = Pictures(tmp_path, 80)  # stored at half the size
    pictures._write(pictures._path("v", 0), picture)
    stored, scaled = pictures.read(TrueFrame("v", 0, boxes, labels))
    assert stored.shape == (45, 80, 3)
    np.testing.assert_allclose(scaled, boxes / 2)


def test_known_categories_keep_their_rows_and_early_layers_stay() -> None:
    torch.manual_seed(1)
    start = faster_rcnn.build(NET, score_floor=0.1).state_dict()
    net = begun(NET, ("__background__", "Dog", "hat"), start, COCO_91, seed=0, sides_px=SIDES)
    own = net.state_dict()
    score, box = (
        "roi_heads.box_predictor.cls_score.weight",
        "roi_heads.box_predictor.bbox_pred.bias",
    )
    assert torch.equal(own[score][1], start[score][18])  # dog
    assert torch.equal(own[score][0], start[score][0])
    assert torch.equal(own[box][4:8], start[box][72:76])
    assert not torch.equal(own[score][2], start[score][2])
    trained = freeze(net, NET, from_scratch=False)
    assert 0 < len(trained) < len(list(net.parameters()))
    train_mode(net, from_scratch=False)
    norms = [m for m in net.modules() if isinstance(m, torch.nn.BatchNorm2d)]
    assert net.training and not any(norm.training for norm in norms)
    with pytest.raises(InvalidInput, match="are not those of"):
        begun(NET, CATEGORIES, {"weight": torch.zeros(2)}, COCO_91, seed=0)
