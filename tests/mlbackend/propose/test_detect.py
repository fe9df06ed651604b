"""Which detector runs here, and what is said about the ones that cannot."""

from __future__ import annotations

import shutil
from pathlib import Path

import numpy as np
import pytest
import torch

from mlbackend.nets import faster_rcnn
from mlbackend.propose import detect
from mlbackend.propose.detect import DETECTORS, DetectorFailed, Host, choose, load, missing_weights
from mlbackend.propose.detectors.base import detections, suppress
from mlbackend.propose.detectors.faster_rcnn import FasterRcnnDetector
from mlbackend.propose.detectors.hog import confidence, frame_scale, shrink, swallowing
from mlbackend.propose.detectors.onnx import YoloxDetector, letterbox
from mlbackend.propose.detectors.torchscript import TorchScriptDetector
from mlbackend.zoo import fetch, find
from mlbackend.zoo.manifest import WEIGHTS

MOBILENET = "fasterrcnn_mobilenet_v3_large_320_fpn"


@pytest.fixture
def bare(tmp_path: Path) -> Host:
    return Host(folders=(tmp_path,), may_fetch=False)


def test_without_any_weights_the_built_in_one_runs_and_says_what_is_missing(bare: Host) -> None:
    choice = choose("auto", bare)
    assert choice.name == "hog"
    assert "fasterrcnn_mobilenet_v3_large_320_fpn-907ea3f9.pth" in choice.note
    assert str(bare.folders[0]) in choice.note


def test_auto_takes_the_best_that_is_there(shared_data: Path, bare: Host) -> None:
    given = shared_data / "weights"
    shutil.copy(given / "d2go_fasterrcnn_android.pt", bare.folders[0])
    assert choose("auto", bare).name == "d2go"
    shutil.copy(given / "yolox_nano_kazuhito.onnx", bare.folders[0])
    assert choose("auto", bare).name == "yolox_nano"


def test_faster_rcnn_with_weights_comes_first(bare: Host, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(find, "is_genuine", lambda path, entry: True)
    name = WEIGHTS[MOBILENET].file_names[0]
    (bare.folders[0] / name).write_bytes(b"stands for the file")
    assert choose("auto", bare) == detect.Choice("faster_rcnn", "")


def test_a_wished_detector_without_weights_is_refused_with_what_to_do(bare: Host) -> None:
    with pytest.raises(DetectorFailed, match="Put yolox_nano.onnx into"):
        choose("yolox_nano", bare)
    with pytest.raises(DetectorFailed, match="there is no detector 'magic'; there are auto, "):
        choose("magic", bare)
    assert missing_weights("hog", bare) is None


def test_a_failed_fetch_is_said_once(bare: Host, monkeypatch: pytest.MonkeyPatch) -> None:
    online = Host(folders=bare.folders)

    def refused(*args: object, **options: object) -> None:
        raise OSError("no way out")

    monkeypatch.setattr(fetch, "_download", refused)
    silent = lambda share, text: None  # noqa: E731
    assert "no way out" in detect.ensure_weights("auto", online, silent)
    assert detect.ensure_weights("auto", online, silent) == ""
    assert "no way out" in choose("auto", online).note
    assert detect.ensure_weights("hog", online, silent) == ""


def test_faster_rcnn_runs_from_a_file_and_refuses_another(tmp_path: Path) -> None:
    torch.manual_seed(0)
    net = faster_rcnn.build(MOBILENET, score_floor=0.1)
    path = tmp_path / "net.pth"
    torch.save(net.state_dict(), path)
    detector = FasterRcnnDetector(MOBILENET, path, threads=1, floor=0.0)
    frame = np.random.default_rng(0).integers(0, 255, (120, 160, 3)).astype(np.uint8)
    first, second = detector.detect([frame, frame])
    assert first.boxes.shape[1] == 4 and len(first.boxes) == len(first.scores)
    np.testing.assert_allclose(first.boxes, second.boxes, atol=1e-3)
    with torch.inference_mode():
        image = torch.from_numpy(frame[:, :, ::-1].transpose(2, 0, 1).copy()).float() / 255
        expected = faster_rcnn.load(MOBILENET, path, score_floor=0.0, device="cpu")([image])[0]
    assert first.classes.tolist() == expected["labels"].tolist()
    torch.save({"weight": torch.zeros(2)}, path)
    with pytest.raises(DetectorFailed, match="does not hold the weights"):
        FasterRcnnDetector(MOBILENET, path, threads=1)


def test_damaged_files_are_refused_in_words(tmp_path: Path) -> None:
    bad = tmp_path / "bad.onnx"
    bad.write_bytes(b"not a net")
    with pytest.raises(DetectorFailed, match=r"bad.onnx cannot be read"):
        YoloxDetector(bad, threads=1)
    with pytest.raises(DetectorFailed, match=r"bad.onnx cannot be run as TorchScript"):
        TorchScriptDetector(bad, threads=1)


def test_load_gives_a_detector_that_finds_nobody_in_nothing(bare: Host) -> None:
    detector = load("hog", bare)
    frame = np.full((240, 320, 3), 128, np.uint8)
    assert [len(found.boxes) for found in detector.detect([frame, frame])] == [0, 0]
    assert set(DETECTORS) >= {"faster_rcnn", "yolox_nano", "d2go", "hog"}


def test_detections_are_clipped_sorted_and_never_empty_boxes() -> None:
    boxes = np.array([[-5, 2, 20, 30], [300, 1, 310, 9], [1, 1, 5, 5]], float)
    found = detections(boxes, np.array([0.2, 0.9, 0.7]), (40, 50, 3))
    np.testing.assert_allclose(found.boxes, [[1, 1, 5, 5], [0, 2, 20, 30]])
    np.testing.assert_allclose(found.scores, [0.7, 0.2])


def test_suppression_keeps_the_surest() -> None:
    boxes = np.array([[0, 0, 10, 10], [1, 0, 11, 10], [30, 0, 40, 10]], float)
    assert suppress(boxes, np.array([0.5, 0.9, 0.1]), 0.45).tolist() == [1, 2]


def test_hog_limits() -> None:
    large, small = [0, 0, 100, 200], [30, 60, 70, 140]
    boxes = np.array([large, small], float)
    assert swallowing(boxes, np.array([0.7, 2.0])).tolist() == [True, False]
    assert swallowing(boxes, np.array([2.0, 0.7])).tolist() == [False, False]
    (inner,) = shrink(np.array([[0.0, 0.0, 100.0, 200.0]]))
    np.testing.assert_allclose(inner, [20, 24, 80, 174])
    assert [frame_scale(h) for h in (240, 360, 720, 1440)] == [2.5, 2.0, 1.0, 0.5]
    assert confidence(np.array([0.5]))[0] == 0.5


def test_letterbox_keeps_the_shape() -> None:
    image, ratio = letterbox(np.full((100, 200, 3), 255, np.uint8), (416, 416))
    assert ratio == 2.08 and image.shape == (3, 416, 416)
    assert (image[:, :208] == 255).all() and (image[:, 208:] == 114).all()
