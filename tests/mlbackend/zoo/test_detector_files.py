"""ONNX detectors of any input size, known by what they answer."""

from __future__ import annotations

from pathlib import Path

import pytest

from mlbackend.zoo.add import add
from mlbackend.zoo.check import check_files
from mlbackend.zoo.installed import weights_for
from mlbackend.zoo.onnx_file import OnnxDetector, read_onnx
from mlbackend.zoo.plan import Wish, plan
from tests.mlbackend.zoo.onnx_net import onnx_net

pytestmark = pytest.mark.usefixtures("tiny")


@pytest.mark.parametrize(("sides", "rows"), [((64, 96), 126), ((32, 32), 21), ((256, 128), 672)])
def test_the_number_of_answers_tells_a_detector(
    sides: tuple[int, int], rows: int, tmp_path: Path
) -> None:
    path = onnx_net(tmp_path / "mine.onnx", (1, rows, 9), sides=sides)
    assert read_onnx(path) == OnnxDetector(*sides, 4)


def test_one_of_80_classes_is_taken_for_cocos_and_one_of_others_asks(tmp_path: Path) -> None:
    home = tmp_path / "weights"
    name, stored = add(onnx_net(tmp_path / "mine.onnx", (1, 126, 85)), home, Wish())
    found = weights_for("yolox", [home])
    assert found is not None and (found.name, found.path) == (name, stored) == ("mine", stored)
    assert found.classes[0] == "person" and len(found.classes) == 80 and found.use == "detector"
    assert [row.ok for row in check_files([home])] == [True]
    few = plan(onnx_net(tmp_path / "few.onnx", (1, 126, 7)), Wish())
    assert few.problems[0].startswith("The head has 2 outputs. Say what they are")
    labels = tmp_path / "labels.txt"
    labels.write_text("person\ncar\n")
    add(tmp_path / "few.onnx", home, Wish(labels=str(labels)))
    newest = weights_for("yolox", [home])
    assert newest is not None and newest.classes == ("person", "car")


def test_the_real_file(shared_data: Path) -> None:
    path = shared_data / "weights" / "yolox_nano_kazuhito.onnx"
    assert read_onnx(path) == OnnxDetector(416, 416, 80)
