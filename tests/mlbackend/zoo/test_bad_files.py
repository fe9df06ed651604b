"""What is no checkpoint of ours is refused with its reason, and nothing in it is ever run."""

from __future__ import annotations

import os
import pickle
import shutil
import zipfile
from collections.abc import Callable
from pathlib import Path

import pytest
import torch
from safetensors.torch import save_file

from labeling.domain.errors import InvalidInput, TubelabError
from mlbackend.zoo.add import add
from mlbackend.zoo.installed import Installed
from mlbackend.zoo.load import load_net
from mlbackend.zoo.plan import Wish, plan
from mlbackend.zoo.sidecar import NAME
from tests.mlbackend.zoo.onnx_net import onnx_net
from tests.mlbackend.zoo.tiny_net import TinyNet

pytestmark = pytest.mark.usefixtures("tiny")


class _Runs:
    """A pickle that would make a folder."""

    def __init__(self, mark: Path) -> None:
        self.mark = mark

    def __reduce__(self) -> tuple:
        return os.mkdir, (str(self.mark),)


def _state() -> dict[str, torch.Tensor]:
    return TinyNet(3).state_dict()


def _without(key: str) -> dict[str, torch.Tensor]:
    return {name: value for name, value in _state().items() if name != key}


def _truncated(path: Path, share: float = 0.6) -> None:
    torch.save(_state(), path)
    path.write_bytes(path.read_bytes()[: int(path.stat().st_size * share)])


def _truncated_legacy(path: Path) -> None:
    torch.save(_state(), path, _use_new_zipfile_serialization=False)
    path.write_bytes(path.read_bytes()[:-40])


def _truncated_safetensors(path: Path) -> None:
    save_file(_state(), path)
    path.write_bytes(path.read_bytes()[:-10])


def _bomb(path: Path) -> None:
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("archive/data.pkl", b"\x80\x02}q\x00.")
        archive.writestr("archive/data/0", b"\0" * (20 << 20))


def _script(path: Path) -> None:
    torch.jit.save(torch.jit.script(torch.nn.Linear(2, 2)), path)


def _infinite(path: Path) -> None:
    state = _state()
    state["fc.bias"][0] = float("nan")
    torch.save(state, path)


def _odd(value: torch.Tensor) -> Callable[[Path], object]:
    return lambda path: torch.save({**_state(), "fc.weight": value}, path)


BAD: dict[str, tuple[str, Callable[[Path], object], str]] = {
    "another architecture": (
        "a.pt",
        lambda path: torch.save(torch.nn.LSTM(2, 2).state_dict(), path),
        "no parameter of any net here. Nets here: tiny, other",
    ),
    "a key is missing": (
        "a.pt",
        lambda path: torch.save(_without("body.1.weight"), path),
        "does not fill Tiny: 7 of 8 parameters fit; 1 missing: body.1.weight",
    ),
    "a key is too many": (
        "a.pt",
        lambda path: torch.save({**_state(), "body.9.weight": torch.zeros(1)}, path),
        "1 not of this net: body.9.weight",
    ),
    "half a head": (
        "a.pt",
        lambda path: torch.save(_without("fc.bias"), path),
        "1 missing: fc.bias",
    ),
    "another shape": (
        "a.pt",
        lambda path: torch.save({**_state(), "body.0.bias": torch.zeros(5)}, path),
        "1 of another shape: body.0.bias: 5 in the file, 4 in the net",
    ),
    "values that are no numbers": ("a.pt", _infinite, "parameter fc.bias holds values"),
    "no parameters": ("a.pt", lambda path: torch.save({"epoch": 1}, path), "holds no parameters"),
    "a list": ("a.pt", lambda path: torch.save([torch.zeros(1)], path), "holds no parameters"),
    "cut off": ("a.pt", _truncated, "is cut off or damaged"),
    "cut off at once": ("a.pt", lambda path: _truncated(path, 0.01), "is cut off or damaged"),
    "cut off, old form": ("a.pth", _truncated_legacy, "Copy or download it again"),
    "cut off safetensors": ("a.safetensors", _truncated_safetensors, "no whole safetensors file"),
    "empty": ("a.pt", lambda path: path.touch(), "is empty. Copy it again"),
    "text": ("a.pt", lambda path: path.write_text("walk,run\n"), "neither a PyTorch checkpoint"),
    "text as safetensors": (
        "a.safetensors",
        lambda path: path.write_text("walk,run\n"),
        "no whole safetensors file",
    ),
    "a folder": ("a.pt", lambda path: path.mkdir(), "is a folder. Give the file itself"),
    "a pipe": ("a.pt", os.mkfifo, "is no ordinary file"),
    "a dangling link": ("a.pt", lambda path: path.symlink_to("nowhere"), "is not there"),
    "a program": ("a.pt", _script, "is a TorchScript program"),
    "a bomb": ("a.pt", _bomb, "many times its size"),
    "a number told a billion times": (
        "a.pt",
        _odd(torch.zeros(1).expand(1 << 15, 1 << 15)),
        "no plain array",
    ),
    "numbers at a few places": ("a.pt", _odd(torch.eye(3, 4).to_sparse()), "no plain array"),
    "no numbers at all": ("a.pt", _odd(torch.empty(3, 4, device="meta")), "no plain array"),
    "no ONNX": ("a.onnx", lambda path: path.write_text("walk"), "cannot be read as ONNX"),
    "an ONNX file of another use": ("a.onnx", lambda p: onnx_net(p, (1, 10)), "it answers (1, 10)"),
    "an ONNX file of odd sides": (
        "a.onnx",
        lambda path: onnx_net(path, (1, 126, 85), sides=(50, 60)),
        "sides are multiples of 32",
    ),
    "scores that are none": (
        "a.onnx",
        lambda path: onnx_net(path, (1, 126, 85), last=7.0),
        "its scores are not between 0 and 1",
    ),
    "empty ONNX": ("a.onnx", lambda path: path.touch(), "is empty"),
}


@pytest.mark.parametrize("what", BAD)
def test_what_cannot_be_used_is_refused_and_nothing_is_stored(
    what: str, tmp_path: Path, names: Path
) -> None:
    file_name, make, reason = BAD[what]
    path, home = tmp_path / file_name, tmp_path / "weights"
    make(path)
    with pytest.raises(TubelabError) as refused:
        add(path, home, Wish(labels=str(names)))
    assert reason in refused.value.message
    assert str(tmp_path) not in refused.value.message
    assert not home.exists() or list(home.iterdir()) == []


@pytest.mark.parametrize("way", ["torch", "old torch", "plain", "nested", "text"])
def test_a_pickle_that_would_run_is_not_run(way: str, tmp_path: Path) -> None:
    path, mark = tmp_path / "a.pt", tmp_path / "ran"
    runs = _Runs(mark)
    content = {**_state(), "note": {"deep": [runs]}} if way == "nested" else runs
    if way in ("torch", "nested"):
        torch.save(content, path)
    elif way == "old torch":
        torch.save(content, path, _use_new_zipfile_serialization=False)
    else:
        path.write_bytes(pickle.dumps(runs, protocol=0 if way == "text" else 2))
    with pytest.raises(InvalidInput) as refused:
        plan(path, Wish())
    expected = "neither a PyTorch" if way == "text" else "reading it would run code"
    assert expected in refused.value.message and "state_dict()" in refused.value.message
    assert not mark.exists()
    # The pickle is one that runs: this is what was not done.
    pickle.loads(pickle.dumps(runs))
    assert mark.is_dir()


def test_a_file_that_may_not_be_read(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = tmp_path / "a.pt"
    torch.save(_state(), path)

    def refuse(*_: object, **__: object) -> None:
        raise PermissionError(13, "Permission denied")

    monkeypatch.setattr(Path, "open", refuse)
    with pytest.raises(InvalidInput, match=r"a\.pt cannot be read \(Permission denied\)"):
        plan(path, Wish())


@pytest.mark.parametrize(
    ("said", "reason"),
    [
        ({}, "The head has 3 outputs. Say what they are"),
        ({"labels": "kinetics400"}, "3 outputs and the list has 400 labels"),
        ({"labels": "two"}, "3 outputs and the list has 2 labels"),
        ({"labels": "twice"}, "'run' occurs twice"),
        ({"labels": "absent"}, "it cannot be read"),
        ({"labels": "binary"}, "it is no text in UTF-8"),
        ({"labels": "gap"}, "its ids do not count from 0 or 1 without a gap"),
        ({"net": "i3d9"}, "There is no net called 'i3d9'. Nets here: tiny, other"),
        ({"net": "other"}, "does not fill Other"),
        ({"inflate": "tiny"}, "it is no 2D ResNet-50 or Inception"),
        ({"labels": "three", "name": "../up"}, "cannot be its name"),
        ({"labels": "three", "name": "tiny"}, "cannot be its name"),
        ({"labels": "three", "name": "yolox_s"}, "cannot be its name"),
        ({"labels": "three", "name": "x" * 81}, "cannot be its name"),
    ],
)  # fmt: skip
def test_what_is_said_of_a_file_must_fit_it(
    said: dict[str, str], reason: str, checkpoint: Path, tmp_path: Path
) -> None:
    lists = {
        "two": ("l.txt", b"walk\nrun\n"), "three": ("l.txt", b"walk\nrun\nwave\n"),
        "twice": ("l.txt", b"walk\nrun\nrun\n"), "binary": ("l.txt", b"\xff\xfe\x00w"),
        "gap": ("l.csv", b"1,walk\n2,run\n4,wave\n"),
    }  # fmt: skip
    labels = said.get("labels", "")
    if labels in lists:
        file_name, content = lists[labels]
        (tmp_path / file_name).write_bytes(content)
        said = {**said, "labels": str(tmp_path / file_name)}
    home = tmp_path / "weights"
    with pytest.raises(TubelabError) as refused:
        add(checkpoint, home, Wish(**said))
    assert reason in refused.value.message
    assert not home.exists() or list(home.iterdir()) == []


@pytest.mark.parametrize(
    "file_name",
    ["-rf.pt", "..pt", "a b;c.pt", "naïve 步.pt", "x" * 200 + ".pt", "line\nbreak.pt", "tiny.pt"],
)
def test_a_name_of_a_file_becomes_a_harmless_one(
    file_name: str, checkpoint: Path, names: Path, tmp_path: Path
) -> None:
    home = tmp_path / "weights"
    name, stored = add(checkpoint, home, Wish(labels=str(names), file_name=file_name))
    assert NAME.fullmatch(name) and name != "tiny"
    assert stored.parent == home and sorted(p.name for p in home.iterdir()) == sorted(
        [stored.name, f"{name}.weights.json"]
    )


def test_loading_says_what_differs_from_when_it_was_added(checkpoint: Path) -> None:
    def entry(**changes: object) -> Installed:
        kept = {
            "name": "walks", "net": "tiny", "path": checkpoint, "classes": ("walk", "run", "wave"),
            "sha256": "", "title": "", "licence": "", "source": "", "published": False,
            "preprocessing": "",
        }  # fmt: skip
        return Installed(**{**kept, **changes})  # type: ignore[arg-type]

    load_net(entry())
    for changes, reason in (
        ({"classes": ("walk", "run")}, "has 3 outputs for 2 classes"),
        ({"net": "other"}, "does not fill Other"),
        ({"net": "gone"}, "a net called 'gone', which this version does not have"),
        ({"path": checkpoint.with_name("absent.pt")}, "is not there"),
    ):
        with pytest.raises(InvalidInput, match=reason):
            load_net(entry(**changes))


def test_a_published_detector_is_known_by_content_under_any_name(
    shared_data: Path, tmp_path: Path
) -> None:
    home = tmp_path / "weights"
    for file_name, name in (
        ("d2go_fasterrcnn_android.pt", "d2go_fasterrcnn"),
        ("yolox_nano_kazuhito.onnx", "yolox_nano"),
    ):
        other = tmp_path / f"some{Path(file_name).suffix}"
        shutil.copy(shared_data / "weights" / file_name, other)
        assert add(other, home, Wish())[0] == name
    assert len(list(home.iterdir())) == 2
