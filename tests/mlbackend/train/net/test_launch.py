"""A training in processes of its own: told, stopped, and its result read back."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch

from mlbackend.train.net import launch
from mlbackend.train.net.clips import FileClips, Sample
from mlbackend.train.net.loop import Task
from mlbackend.train.net.loop import train as train_here
from mlbackend.train.net.stored import write_clip
from tests.mlbackend.train.net import tiny

SPECS = "tests.mlbackend.train.net.tiny:spec"


@pytest.fixture
def files(tmp_path: Path) -> list[Sample]:
    """Stored clips of the tiny net: red or blue."""
    truth, wide = tiny.samples().truth, 14
    made = []
    for i, row in enumerate(truth):
        clip = np.full((tiny.FRAMES + 8, wide, wide, 3), 90, dtype=np.uint8)
        clip[..., 2 if row[0] == 1 else 0] = 200
        path = tmp_path / "clips" / f"{i}.npz"
        write_clip(path, (clip,), tiny.spec().inputs, (60, 80))
        made.append(Sample(path))
    return made


def task(folder: Path, files: list[Sample], **params: Any) -> Task:
    plain = tiny.task(folder, **params)
    return replace(plain, source=FileClips(plain.spec, files))


@pytest.fixture
def one_thread(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """Sums come out bit for bit alike only in as many threads."""
    monkeypatch.setenv("OMP_NUM_THREADS", "1")
    usual = torch.get_num_threads()
    torch.set_num_threads(1)
    yield
    torch.set_num_threads(usual)


def test_a_process_of_its_own_gives_the_same_weights(
    tmp_path: Path, files: list[Sample], one_thread: None
) -> None:
    here = train_here(
        task(tmp_path / "here" / "checkpoints", files, epochs=1),
        lambda *_: None,
        torch.device("cpu"),
    )
    told: list[tuple[float, str, list]] = []
    there = launch.train(
        task(tmp_path / "there" / "checkpoints", files, epochs=1),
        files,
        lambda *heard: told.append(heard),
        processes=1,
        specs=SPECS,
    )
    mine = here.net.state_dict()
    assert all(torch.equal(value, mine[name]) for name, value in there.net.state_dict().items())
    np.testing.assert_array_equal(there.held_logits, here.held_logits)
    assert [row["loss"] for row in there.curves] == [row["loss"] for row in here.curves]
    assert told[-1][0] <= 1.0


def test_a_process_that_dies_is_named(
    tmp_path: Path, files: list[Sample], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(launch, "_follow", lambda running, *_: running.wait(60))
    monkeypatch.setattr(launch.sys, "executable", "/bin/false")
    with pytest.raises(launch.InvalidInput, match="ended without a result"):
        launch.train(
            task(tmp_path / "dead" / "checkpoints", files, epochs=1), files, lambda *_: None,
            processes=1, specs=SPECS,
        )  # fmt: skip


def test_no_layer_talks_to_other_processes(
    tmp_path: Path, files: list[Sample], monkeypatch: pytest.MonkeyPatch
) -> None:
    """Processes have different numbers of parts of a step: one of 3 windows is 2 + 1."""
    launch._write_task(tmp_path, task(tmp_path / "checkpoints", files), files, SPECS)
    monkeypatch.setattr(torch.cuda, "is_available", lambda: True)
    net = launch._read_task(tmp_path).net
    assert not [m for m in net.modules() if isinstance(m, torch.nn.SyncBatchNorm)]
