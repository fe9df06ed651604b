"""The training loop on a tiny net: it learns, repeats itself, resumes, and bears lack of memory."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
import torch

from mlbackend.train.net import loop
from mlbackend.train.net.loop import train
from tests.mlbackend.train.net import tiny

CPU = torch.device("cpu")


def quiet(*_: Any) -> None:
    pass


def heard(task: loop.Task) -> tuple[loop.Trained, list[str]]:
    """Train, and return what was said meanwhile."""
    said: list[str] = []
    return train(task, lambda _, text, __: said.append(text), CPU), said


def weights(net: torch.nn.Module) -> bytes:
    return b"".join(value.numpy().tobytes() for value in net.state_dict().values())


def test_it_learns_and_draws_curves(tmp_path: Path) -> None:
    told: list[tuple[float, str]] = []
    done = train(
        tiny.task(tmp_path, epochs=12), lambda share, text, curves: told.append((share, text)), CPU
    )
    first, last = done.curves[0], done.curves[-1]
    assert last["loss"] < 0.5 * first["loss"]
    assert last["val_f1"] == 1.0 and last["val_loss"] < first["val_loss"]
    assert [row["epoch"] for row in done.curves] == list(range(1, 13))
    assert max(row["lr"] for row in done.curves) <= 0.03 and last["lr"] < 0.002
    assert [share for share, _ in told] == sorted(share for share, _ in told)
    assert told[-1][0] == 1.0 and any("left" in text for _, text in told)
    assert not done.net.training


@pytest.mark.parametrize("freeze_norms", [True, False])
def test_killed_after_any_epoch_it_ends_in_the_same_weights(
    tmp_path: Path, freeze_norms: bool
) -> None:
    wishes = {"dropout": 0.3, "freeze_norms": freeze_norms}
    whole = train(tiny.task(tmp_path / "whole", **wishes), quiet, CPU)
    for stop_after in (1, 2):
        folder = tmp_path / f"stopped-{stop_after}"

        def kill(share: float, text: str, curves: list, stop_after: int = stop_after) -> None:
            # In the middle of the epoch after.
            if len(curves) == stop_after and share > (stop_after + 0.4) / 3:
                raise KeyboardInterrupt

        with pytest.raises(KeyboardInterrupt):
            train(tiny.task(folder, **wishes), kill, CPU)
        again, said = heard(tiny.task(folder, **wishes))
        assert said[0] == f"Going on after epoch {stop_after}."
        assert weights(again.net) == weights(whole.net)
        same = ("epoch", "loss", "val_loss", "val_f1", "lr")
        assert [[row[k] for k in same] for row in again.curves] == [
            [row[k] for k in same] for row in whole.curves
        ]


def test_the_seed_makes_the_weights(tmp_path: Path) -> None:
    one, two, other = (
        weights(train(tiny.task(tmp_path / name, epochs=1, dropout=0.3, seed=seed), quiet, CPU).net)
        for name, seed in (("a", 3), ("b", 3), ("c", 4))
    )
    assert one == two != other


def test_another_training_or_a_damaged_checkpoint_is_not_gone_on_from(tmp_path: Path) -> None:
    train(tiny.task(tmp_path, epochs=1), quiet, CPU)
    assert not any("Going on" in text for text in heard(tiny.task(tmp_path, epochs=2, lr=0.01))[1])
    (state,) = tmp_path.glob("epoch-*/ema.safetensors")
    state.write_bytes(state.read_bytes()[:-4] + b"\0\0\0\1")
    assert not any("Going on" in text for text in heard(tiny.task(tmp_path, epochs=2, lr=0.01))[1])


def test_parts_add_up_to_the_whole_step(tmp_path: Path) -> None:
    """Accumulated gradients are those of one large batch, whatever was not asked."""
    found = [tiny.one_step(tmp_path / str(micro), micro=micro) for micro in (64, 5, 1)]
    for gradients in found[1:]:
        for mine, whole in zip(gradients, found[0], strict=True):
            torch.testing.assert_close(mine, whole, rtol=1e-4, atol=1e-7)


def test_memory_runs_out_and_the_batch_is_halved(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    plain = train(tiny.task(tmp_path / "plain", epochs=2, micro=2), quiet, CPU)
    forward = loop._Run.forward_loss

    def small(self: Any, batch: Any, cells: int) -> torch.Tensor:
        if len(batch.truth) > 2:
            raise torch.OutOfMemoryError("CUDA out of memory")
        return forward(self, batch, cells)

    monkeypatch.setattr(loop._Run, "forward_loss", small)
    done, said = heard(tiny.task(tmp_path / "small", epochs=2, micro=8))
    assert done.facts["micro"] == 2
    assert weights(done.net) == weights(plain.net)
    assert "Memory ran out: 2 windows at once" in done.curves[0]["note"]
    assert any("Memory ran out" in text for text in said)

    def never(self: Any, batch: Any, cells: int) -> torch.Tensor:
        raise torch.OutOfMemoryError("CUDA out of memory")

    monkeypatch.setattr(loop._Run, "forward_loss", never)
    with pytest.raises(loop.InvalidInput, match="even one window"):
        train(tiny.task(tmp_path / "none", epochs=1), quiet, CPU)


def test_only_the_last_stages_train_and_frozen_norms_stand_still(tmp_path: Path) -> None:
    before = tiny.seeded(2).state_dict()
    after = train(tiny.task(tmp_path, epochs=1, stages=1), quiet, CPU).net.state_dict()
    changed = {name for name, value in after.items() if not torch.equal(value, before[name])}
    assert changed == {"head.weight", "head.bias"}


def test_two_processes_give_the_gradients_of_one(tmp_path: Path) -> None:
    """`torch.distributed.run` with gloo; the program is the file beside this one."""
    one = tiny.one_step(tmp_path / "one")
    root = Path(__file__).resolve().parents[4]
    command = [
        *(sys.executable, "-m", "torch.distributed.run", "--standalone", "--nproc_per_node", "2"),
        *(str(Path(__file__).with_name("two_processes.py")), str(tmp_path)),
    ]
    environment = os.environ | {"PYTHONPATH": str(root), "OMP_NUM_THREADS": "1"}
    subprocess.run(command, check=True, env=environment, capture_output=True, timeout=120)
    both = [json.loads((tmp_path / f"rank-{rank}.json").read_text()) for rank in (0, 1)]
    assert both[0] == both[1] and both[0]["world"] == 2
    for mine, whole in zip(both[0]["gradients"], one, strict=True):
        torch.testing.assert_close(
            torch.tensor(mine).reshape(whole.shape), whole, rtol=1e-4, atol=1e-7
        )


def test_norms_that_train_end_with_the_statistics_of_the_averaged_net(tmp_path: Path) -> None:
    done = train(tiny.task(tmp_path, epochs=1, freeze_norms=False, micro=16), quiet, CPU)
    source = tiny.Colors(tiny.samples().truth)
    chosen = tiny.samples().units(apart=False)
    clips = torch.stack([source.read(unit, loop.STILL).streams[0] for unit in chosen])
    with torch.no_grad():
        maps = done.net.stem(clips)
    torch.testing.assert_close(done.net.norm.running_mean, maps.mean(dim=(0, 2, 3, 4)))


def test_it_is_heard_of_within_a_step(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(loop, "BEAT_S", 0.0)
    task = tiny.task(tmp_path, epochs=1, batch=16, micro=1)
    said = heard(task)[1]
    # A step of 16 windows in parts of one.
    assert said[:16] == ["The training begins."] * 16
