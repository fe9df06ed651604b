"""A checkpoint comes in whole, under the right net, with names for its outputs."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
import torch
from safetensors.torch import save_file

from labeling.domain.errors import Conflict, InvalidInput, NotFound
from mlbackend.zoo.add import add, remove
from mlbackend.zoo.check import check_files
from mlbackend.zoo.installed import installed, weights_for
from mlbackend.zoo.load import load_net
from mlbackend.zoo.plan import Wish, plan
from tests.mlbackend.zoo.tiny_net import TinyNet

pytestmark = pytest.mark.usefixtures("tiny")


@pytest.fixture
def home(tmp_path: Path) -> Path:
    return tmp_path / "weights"


def _wrapped(state: dict, way: str) -> dict:
    if way == "nested":
        return {"epoch": 3, "model_state": {f"module.{key}": value for key, value in state.items()}}
    if way == "backbone":
        head = {key: value for key, value in state.items() if key.startswith("fc.")}
        body = {f"backbone.{k}": v for k, v in state.items() if not k.startswith("fc.")}
        return {"state_dict": {**body, **head}, "meta": {"time": "today"}}
    if way == "old":  # before batch norms counted
        return {k: v for k, v in state.items() if not k.endswith("num_batches_tracked")}
    return state


@pytest.mark.parametrize("way", ["plain", "nested", "backbone", "old", "safetensors"])
def test_a_checkpoint_of_any_wrapping_gives_the_nets_own_logits(
    way: str, tmp_path: Path, home: Path, names: Path
) -> None:
    torch.manual_seed(1)
    net = TinyNet(3).eval()
    path = tmp_path / f"walks.{'safetensors' if way == 'safetensors' else 'pth'}"
    state = _wrapped(net.state_dict(), way)
    save_file(state, path) if way == "safetensors" else torch.save(state, path)
    name, stored = add(path, home, Wish(labels=str(names), licence="CC0-1.0"))
    found = weights_for("tiny", [home])
    assert found is not None and found.path == stored and found.path.suffix == ".safetensors"
    assert (found.name, found.classes, found.licence) == (name, ("walk", "run", "wave"), "CC0-1.0")
    clip = torch.rand(2, 3, 4, 8, 8)
    loaded = load_net(found)
    assert not loaded.training
    torch.testing.assert_close(
        loaded.classify(loaded.embed([clip])), net.classify(net.embed([clip]))
    )
    assert [(row.ok, row.name) for row in check_files([home])] == [(True, "walks")]


def test_the_report_counts_what_fits_and_names_what_does_not(checkpoint: Path) -> None:
    state = torch.load(checkpoint, weights_only=True)
    state["extra.weight"] = state.pop("body.0.bias")
    torch.save(state, checkpoint)
    report = plan(checkpoint, Wish()).report()
    assert report["net"] == "tiny" and not report["ready"] and report["labels"] == 3
    match = report["match"]
    assert (match["matched"], match["total"]) == (7, 8)
    assert match["missing"] == {"count": 1, "examples": ["body.0.bias"]}
    assert match["unexpected"] == {"count": 1, "examples": ["extra.weight"]}
    (other,) = report["others"]
    assert other["net"] == "other"
    assert (
        "body.0.weight: 4x3x3x3x3 in the file, 6x3x3x3x3 in the net"
        in (other["different"]["examples"])
    )


def test_the_same_file_again_is_the_same_entry(checkpoint: Path, home: Path, names: Path) -> None:
    wish = Wish(labels=str(names))
    first = add(checkpoint, home, wish)
    assert add(checkpoint, home, wish) == first
    assert add(checkpoint, home, Wish(labels=str(names), name="renamed"))[0] == "renamed"
    assert [each.name for each in installed([home])] == ["renamed"]
    assert len(list(home.iterdir())) == 2


def test_another_file_does_not_take_a_name(checkpoint: Path, home: Path, names: Path) -> None:
    add(checkpoint, home, Wish(labels=str(names)))
    torch.save(TinyNet(3).state_dict(), checkpoint)
    with pytest.raises(Conflict, match="Another file was added as 'walks'"):
        add(checkpoint, home, Wish(labels=str(names)))
    add(checkpoint, home, Wish(labels=str(names), name="walks-2"))
    newest = weights_for("tiny", [home])
    assert newest is not None and newest.name == "walks-2"
    remove("walks-2", home)
    with pytest.raises(NotFound, match="Added: walks"):
        remove("walks-2", home)
    assert [each.name for each in installed([home])] == ["walks"]


def test_nothing_half_written_is_left(
    checkpoint: Path, home: Path, names: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(*_: object, **__: object) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr("mlbackend.zoo.add._write_parameters", full)
    with pytest.raises(InvalidInput, match="No space left on device"):
        add(checkpoint, home, Wish(labels=str(names)))
    monkeypatch.undo()
    assert list(home.iterdir()) == []


def test_a_sidecar_that_cannot_be_written_takes_its_file_along(
    checkpoint: Path, home: Path, names: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(*_: object, **__: object) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr("mlbackend.zoo.sidecar.json.dump", full)
    with pytest.raises(OSError, match="No space"):
        add(checkpoint, home, Wish(labels=str(names)))
    assert list(home.iterdir()) == []


def test_a_body_alone_proposes_nothing(checkpoint: Path, home: Path) -> None:
    name, _ = add(checkpoint, home, Wish(body=True))
    found = weights_for("tiny", [home])
    assert found is not None and found.name == name and found.classes == ()
    net = load_net(found)
    torch.testing.assert_close(
        net.body[0].weight, torch.load(checkpoint, weights_only=True)["body.0.weight"]
    )


def test_a_file_with_a_head_goes_before_one_without(
    checkpoint: Path, home: Path, names: Path
) -> None:
    add(checkpoint, home, Wish(labels=str(names)))
    torch.save(TinyNet(3).state_dict(), checkpoint)
    add(checkpoint, home, Wish(body=True, name="later"))
    found = weights_for("tiny", [home])
    assert found is not None and found.name == "walks"


@pytest.mark.parametrize(
    "damage", ["changed", "gone", "sidecar"], ids=lambda damage: f"file {damage}"
)
def test_a_file_that_changed_afterwards_is_not_used(
    damage: str, checkpoint: Path, home: Path, names: Path
) -> None:
    _, stored = add(checkpoint, home, Wish(labels=str(names)))
    if damage == "changed":
        stored.write_bytes(stored.read_bytes()[:-4] + b"\0\0\0\1")
    elif damage == "gone":
        stored.unlink()
    else:
        (home / "walks.weights.json").write_text("{")
    assert installed([home]) == []
    (row,) = check_files([home])
    assert row.ok is False and row.name == "walks" and "add it again" in row.found


@pytest.mark.parametrize("file", ["../outside.pt", "/etc/passwd", "..", "a/b.pt"])
def test_a_sidecar_reaches_no_file_outside_its_folder(
    file: str, checkpoint: Path, home: Path, names: Path
) -> None:
    add(checkpoint, home, Wish(labels=str(names)))
    sidecar = home / "walks.weights.json"
    sidecar.write_text(json.dumps({**json.loads(sidecar.read_text()), "file": file}))
    assert installed([home]) == []


@pytest.mark.parametrize(
    "odd", [{"name": 7}, {"file": None}, {"added_at": None}, {"classes": [1, 2, 3]}, {"sha256": []}]
)
def test_a_sidecar_of_odd_values_hides_no_other(
    odd: dict, checkpoint: Path, home: Path, names: Path
) -> None:
    add(checkpoint, home, Wish(labels=str(names)))
    good = json.loads((home / "walks.weights.json").read_text())
    (home / "odd.weights.json").write_text(json.dumps({**good, "name": "odd", **odd}))
    assert [each.name for each in installed([home])] == ["walks"]
