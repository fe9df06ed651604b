"""Weights are taken only when they are the file the manifest names."""

from __future__ import annotations

from pathlib import Path

from mlbackend.zoo.find import find_weights
from mlbackend.zoo.manifest import WEIGHTS


def test_a_file_of_the_right_name_and_wrong_content_is_passed_over(tmp_path: Path) -> None:
    name = WEIGHTS["yolox_nano"].file_names[0]
    (tmp_path / name).write_bytes(b"something else")
    assert find_weights("yolox_nano", [tmp_path]) is None


def test_the_first_folder_with_the_file_wins(shared_data: Path, tmp_path: Path) -> None:
    given = shared_data / "weights" / "yolox_nano_kazuhito.onnx"
    (tmp_path / "yolox_nano.onnx").write_bytes(given.read_bytes())
    folders = [tmp_path / "absent", tmp_path, given.parent]
    assert find_weights("yolox_nano", folders) == tmp_path / "yolox_nano.onnx"
    assert find_weights("d2go_fasterrcnn", folders) == given.with_name("d2go_fasterrcnn_android.pt")
    assert find_weights("fasterrcnn_resnet50_fpn_v2", folders) is None


def test_every_entry_says_what_is_needed_to_use_it() -> None:
    for name, entry in WEIGHTS.items():
        assert entry.name == name
        assert entry.file_names and entry.licence and entry.source and entry.label_order
        assert len(entry.sha256) >= 8 or len(entry.git_blob) == 40
        assert (
            entry.net
            and entry.classes
            and entry.url.startswith("https://") != (name == "d2go_fasterrcnn")
        )
