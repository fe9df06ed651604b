"""Odd pictures, odd files, too little memory: said in words, or worked around."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pytest

from mlbackend.propose import detect
from mlbackend.propose.detect import DetectorFailed, Host, Own, choose, load
from mlbackend.propose.detectors.base import detections
from mlbackend.propose.detectors.batches import Batches
from mlbackend.propose.detectors.coco import COCO_80
from mlbackend.propose.detectors.hog import HogDetector
from mlbackend.propose.detectors.onnx import YoloxDetector, grid, input_size, is_decoded
from mlbackend.zoo.find import sha256
from mlbackend.zoo.sidecar import Sidecar, write_sidecar

NANO = "weights/yolox_nano_kazuhito.onnx"


@pytest.fixture
def added(shared_data: Path, tmp_path: Path) -> tuple[Host, Sidecar]:
    """A folder in which somebody added the nano file under a name of their own."""
    path = tmp_path / "mine.onnx"
    path.write_bytes((shared_data / NANO).read_bytes())
    digest = sha256(path)
    entry = Sidecar(
        "mine", "yolox", "detector", "mine.onnx", digest, digest, "My YOLOX", COCO_80, "MIT",
        "", "", "2026-01-01",
    )  # fmt: skip
    write_sidecar(tmp_path, entry)
    return Host(folders=(tmp_path,), threads=1, may_fetch=False), entry


def test_an_added_file_is_a_detector_by_its_name(
    added: tuple[Host, Sidecar], shared_data: Path
) -> None:
    host, _ = added
    assert detect.options(host)["mine"].title == "My YOLOX"
    assert choose("mine", host) == detect.Choice("mine", "")
    frame = np.random.default_rng(0).integers(0, 255, (90, 120, 3)).astype(np.uint8)
    ours = load("mine", host).detect([frame])[0]
    known = YoloxDetector(shared_data / NANO, threads=1).detect([frame])[0]
    np.testing.assert_array_equal(ours.boxes, known.boxes)
    (host.folders[0] / "mine.onnx").write_bytes(b"another file")
    with pytest.raises(DetectorFailed, match="there is no detector 'mine'"):
        choose("mine", host)


def test_outputs_that_are_not_a_yolox_nets_are_refused(shared_data: Path) -> None:
    with pytest.raises(DetectorFailed, match=r"\(1, 3549, 85\); .* 2 categories gives 1 x 3549 or"):
        YoloxDetector(shared_data / NANO, threads=1, categories=("cat", "dog"))
    path = Path("net.onnx")
    with pytest.raises(DetectorFailed, match="net.onnx takes an input of shape"):
        input_size(path, [1, 10])
    with pytest.raises(DetectorFailed, match="takes an input of shape"):
        input_size(path, [1, 1, 416, 416])
    with pytest.raises(DetectorFailed, match="400 x 416 px; a YOLOX net's sides are multiples"):
        input_size(path, [1, 3, 416, 400])
    assert input_size(path, ["batch", 3, "height", "width"]) == (640, 640)
    assert input_size(path, [1, 3, 640, 384]) == (640, 384)


def test_exports_that_decode_their_boxes_are_told_apart() -> None:
    cells, stride = grid((416, 416), (8, 16, 32))
    rng = np.random.default_rng(0)
    plain = np.hstack([rng.normal(0.5, 0.4, (len(cells), 2)), rng.normal(1, 0.5, (len(cells), 2))])
    pixels = np.hstack([(plain[:, :2] + cells) * stride, np.exp(plain[:, 2:]) * stride])
    assert not is_decoded(plain.astype(np.float32), cells, stride)
    assert is_decoded(pixels.astype(np.float32), cells, stride)


def test_a_decoded_export_gives_the_boxes_of_the_plain_one(shared_data: Path) -> None:
    plain = YoloxDetector(shared_data / NANO, threads=1)
    decoded = YoloxDetector(shared_data / NANO, threads=1)
    run = decoded._run

    def decodes(images: Any) -> Any:
        output = run(images).copy()
        output[..., :2] = (output[..., :2] + decoded._grid) * decoded._stride
        output[..., 2:4] = np.exp(output[..., 2:4]) * decoded._stride
        return output

    decoded._run, decoded._decoded = decodes, True  # type: ignore[method-assign]
    frame = np.random.default_rng(0).integers(0, 255, (300, 200, 3)).astype(np.uint8)
    a, b = plain.detect([frame])[0], decoded.detect([frame])[0]
    np.testing.assert_allclose(a.boxes, b.boxes, atol=1e-3)


def test_large_tall_grey_and_tiny_pictures_work(shared_data: Path) -> None:
    net = YoloxDetector(shared_data / NANO, threads=1)
    grey = np.repeat(np.full((120, 160, 1), 90, np.uint8), 3, axis=2)
    shapes = [(2160, 3840, 3), (1920, 1080, 3), (1, 1, 3), (16, 4000, 3)]
    frames = [grey, *(np.zeros(shape, np.uint8) for shape in shapes)]
    assert [len(found.boxes) for found in net.detect(frames)] == [0] * 5
    assert len(HogDetector().detect([np.zeros((40, 30, 3), np.uint8)])[0].boxes) == 0


def test_a_batch_that_does_not_fit_is_halved_and_said() -> None:
    frames = [np.full((4, 6, 3), i, np.uint8) for i in range(10)]
    batches, sizes = Batches(8), []

    def work(batch: Any) -> list[Any]:
        sizes.append(len(batch))
        if len(batch) > 3:
            raise RuntimeError("CUDA out of memory. Tried to allocate 20.00 MiB")
        return [detections(np.array([[0, 0, 3, 3]]), batch[i][:1, 0, 0] / 10, (4, 6)) for i in
                range(len(batch))]  # fmt: skip

    found = batches.run(frames, work)
    assert sizes == [8, 4, 2, 2, 2, 2, 2] and len(found) == 10
    np.testing.assert_allclose([each.scores[0] for each in found], np.arange(10) / 10, rtol=1e-6)
    assert batches.notice == ("Memory was too small for 4 frames at a time; went on with 2.")

    def never(_batch: Any) -> list[Any]:
        raise MemoryError

    with pytest.raises(DetectorFailed, match="a frame of 6 x 4 px does not fit into memory"):
        Batches(2).run(frames, never)
    with pytest.raises(KeyError):
        Batches(2).run(frames, lambda batch: {}["a bug stays a bug"])


def test_without_a_gpu_the_slow_ones_come_after_the_fast(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    host = Host(folders=(tmp_path,), may_fetch=False)
    here = {"faster_rcnn_resnet50", "yolox_nano", "hog"}
    monkeypatch.setattr(detect, "missing_weights", lambda name, _: None if name in here else "no")
    monkeypatch.setattr(detect, "_has_gpu", lambda: False)
    assert choose("auto", host).name == "yolox_nano"
    monkeypatch.setattr(detect, "_has_gpu", lambda: True)
    assert choose("auto", host).name == "faster_rcnn_resnet50"


def test_a_projects_own_detector_comes_first(tmp_path: Path) -> None:
    own = Own("project", "mine", "fasterrcnn_resnet50_fpn", tmp_path / "w", ("b", "x"), "k", True)
    other = Own("detector-1", "old", "fasterrcnn_resnet50_fpn", tmp_path / "v", ("b", "x"), "j")
    host = Host(folders=(tmp_path,), may_fetch=False, own=(own, other))
    assert choose("auto", host) == detect.Choice("project", "")
    assert detect.title_of("detector-1", host) == "old"
    assert detect.ensure_weights("auto", host, lambda *_: None) == ""
    with pytest.raises(DetectorFailed, match="has no detector of its own in use; train one"):
        choose("project", Host(folders=(tmp_path,)))
