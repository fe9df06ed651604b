"""What `models check` says of nets and files, and that it can say no."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
import torch
from django.core.management import CommandError, call_command

from mlbackend.nets import registry
from mlbackend.propose.detect import Host
from mlbackend.zoo.check_detectors import GOLDEN, check_detectors
from mlbackend.zoo.check_nets import check_nets
from tests.mlbackend.zoo.tiny_net import TINY, TinyNet


@pytest.fixture
def home(settings: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    home = tmp_path / "weights"
    home.mkdir()
    settings.HOME_DIRS = {**settings.HOME_DIRS, "weights": home}
    settings.DETECTOR_WEIGHTS = ""
    monkeypatch.setenv("TORCH_HOME", str(tmp_path / "torch"))
    return home


def _said(capsys: pytest.CaptureFixture[str], *words: str) -> str:
    call_command("models", *words)
    return capsys.readouterr().out


def test_a_net_added_in_one_file_and_one_line_is_listed_added_checked_and_removed(
    monkeypatch: pytest.MonkeyPatch, home: Path, tmp_path: Path, names: Path,
    capsys: pytest.CaptureFixture[str],
) -> None:  # fmt: skip
    monkeypatch.setitem(registry.NETS, "tiny", TINY)  # the one line
    assert "tiny" in _said(capsys, "list")
    file = tmp_path / "walks.pth"
    torch.save(TinyNet(3).state_dict(), file)
    said = _said(capsys, "add", str(file), "--labels", str(names), "--dry-run")
    assert "8 of 8 parameters of tiny fit" in said and list(home.iterdir()) == []
    assert "Added as walks" in _said(capsys, "add", str(file), "--labels", str(names))
    rows = json.loads(_said(capsys, "check", "tiny", "--json"))
    assert [(row["name"], row["check"], row["ok"]) for row in rows] == [
        ("walks", "fills its net", True),
        ("tiny", "runs", True),
    ]
    listed = {row["name"]: row for row in json.loads(_said(capsys, "list", "--json"))["items"]}
    assert listed["walks"]["state"] == "added" and "tiny" not in listed
    assert "Removed walks" in _said(capsys, "remove", "walks")
    assert list(home.iterdir()) == []


def test_a_net_that_answers_wrongly_fails_the_check(
    monkeypatch: pytest.MonkeyPatch, home: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    class Wrong(TinyNet):
        def classify(self, embedding: torch.Tensor) -> torch.Tensor:
            return super().classify(embedding)[:, :2]

    monkeypatch.setitem(registry.NETS, "tiny", replace(TINY, build=lambda n: Wrong(n).eval()))
    with pytest.raises(CommandError, match="1 of 1 checks failed"):
        call_command("models", "check", "tiny")
    assert "logits (1, 2)" in capsys.readouterr().out


def test_a_net_is_compared_with_what_was_recorded(monkeypatch: pytest.MonkeyPatch) -> None:
    (row,) = check_nets(["tsn"], None)
    assert row.ok and row.check.startswith("recorded logits")
    monkeypatch.setattr("mlbackend.nets.check._recorded", lambda: {"tsn": [[0.5] * 8]})
    (row,) = check_nets(["tsn"], None)
    assert row.ok is False


def test_unknown_names_and_folders_are_refused(home: Path) -> None:
    with pytest.raises(CommandError, match="no weights or nets called nothing"):
        call_command("models", "check", "nothing")
    with pytest.raises(CommandError, match="There is no folder"):
        call_command("models", "check", "--golden", str(home / "absent"))


def test_a_wrong_file_of_a_published_name_is_said(
    home: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (home / "yolox_s.onnx").write_bytes(b"not it")
    with pytest.raises(CommandError, match="1 of 1 checks failed"):
        call_command("models", "check", "yolox_s")
    assert "is not the published file" in capsys.readouterr().out


def test_detectors_agree_with_the_recorded_boxes_and_other_records_are_noticed(
    shared_data: Path, tmp_path: Path
) -> None:
    machine = Host(folders=(shared_data / "weights",), threads=1, may_fetch=False)
    (row,) = check_detectors(machine, ["yolox_nano"], shared_data / "golden")
    assert row.ok and "0 off" in row.found
    recorded = json.loads((shared_data / "golden" / GOLDEN).read_text())
    for case in recorded["cases"]:
        for each in case["yolox_nano"]:
            each["box"][0] += 2
    (tmp_path / "golden").mkdir()
    (tmp_path / "golden" / GOLDEN).write_text(json.dumps(recorded))
    (tmp_path / "clips").symlink_to(shared_data / "clips")
    (row,) = check_detectors(machine, ["yolox_nano"], tmp_path / "golden")
    assert row.ok is False


@pytest.mark.parametrize(
    ("words", "reason"),
    [
        (("fetch", "nothing"), "1 of 1 were not fetched"),
        (("remove", "nothing"), "No file was added under the name 'nothing'"),
        (("add", "absent.pt"), "absent.pt is not there"),
    ],
)
def test_the_command_says_what_is_wrong(words: tuple[str, ...], reason: str, home: Path) -> None:
    with pytest.raises(CommandError, match=reason):
        call_command("models", *words)
