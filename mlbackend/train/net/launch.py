"""Starts one process a graphics card by ``torch.distributed.run``, hears of it, and stops it.

What the processes need lies in a folder, and so does what they give: nothing is passed otherwise.
"""

from __future__ import annotations

import contextlib
import json
import os
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
from safetensors.torch import load_file, save_file

from labeling.domain.errors import InvalidInput
from mlbackend.train.net.checkpoint import tensors
from mlbackend.train.net.clips import FileClips, Sample, samples_as_text, samples_of
from mlbackend.train.net.curves import Report
from mlbackend.train.net.distributed import join
from mlbackend.train.net.loop import Task, Trained
from mlbackend.train.net.loop import train as train_here
from mlbackend.train.net.params import TrainParams
from mlbackend.train.net.samples import Samples

TASK, ARRAYS, BEGIN, END = "task.json", "arrays.npz", "begin.safetensors", "end.safetensors"
REPORT, RESULT, STOP, LOG = "report.json", "result.json", "stop", "log.txt"
POLL_S, STOPPING_S = 0.5, 30.0
# Where a process finds the architecture by name.
SPECS = "mlbackend.nets.registry:spec"


def train(
    task: Task, files: Sequence[Sample], report: Report, *, processes: int, specs: str = SPECS
) -> Trained:
    """Train in several processes; see `loop.train`.

    Raises:
        InvalidInput: the processes ended without a result; the message ends with what they said.
        whatever `report` raises, once they have stopped.
    """
    folder = task.folder.parent / "processes"
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True)
    _write_task(folder, task, files, specs)
    command = [
        *(sys.executable, "-m", "torch.distributed.run", "--standalone"),
        *("--nproc_per_node", str(processes), "-m", "mlbackend.train.net.rank", str(folder)),
    ]
    environment = os.environ | {"OMP_NUM_THREADS": os.environ.get("OMP_NUM_THREADS", "1")}
    with (folder / LOG).open("w") as log:
        running = subprocess.Popen(
            command, stdout=log, stderr=log, env=environment, start_new_session=True
        )
        try:
            _follow(running, folder, report)
        finally:
            _stop(running, folder)
    return _result(task, folder)


def run_rank(folder: Path, backend: str | None = None) -> None:
    """What each process does."""
    process, device = join(backend)
    task = _read_task(folder)

    def report(share: float, message: str, curves: list[dict[str, Any]]) -> None:
        if (folder / STOP).exists():
            raise InterruptedError("The training was stopped.")
        draft = folder / f".{REPORT}"
        draft.write_text(json.dumps([share, message, curves]))
        draft.replace(folder / REPORT)

    done = train_here(task, report, device, process)
    if process.is_first:
        save_file(tensors(done.net.state_dict()), folder / END)
        held = None if done.held_logits is None else done.held_logits.tolist()
        result = {"curves": done.curves, "facts": done.facts, "held_logits": held}
        (folder / RESULT).write_text(json.dumps(result))


def _follow(running: subprocess.Popen[bytes], folder: Path, report: Report) -> None:
    last = ""
    while running.poll() is None:
        time.sleep(POLL_S)
        with contextlib.suppress(OSError, ValueError):
            text = (folder / REPORT).read_text()
            last = text if json.loads(text) else last
        if last:
            report(*json.loads(last))


def _stop(running: subprocess.Popen[bytes], folder: Path) -> None:
    """Let the processes end at their next step, or end them."""
    if running.poll() is not None:
        return
    (folder / STOP).touch()
    with contextlib.suppress(subprocess.TimeoutExpired):
        running.wait(STOPPING_S)
    if running.poll() is None:
        os.killpg(running.pid, signal.SIGKILL)
        running.wait()


def _result(task: Task, folder: Path) -> Trained:
    try:
        found = json.loads((folder / RESULT).read_text())
    except (OSError, ValueError) as error:
        said = (folder / LOG).read_text().strip().splitlines()
        raise InvalidInput(
            "The processes that trained ended without a result. The last they said: "
            f"{said[-1] if said else 'nothing'}. Start the round again; it goes on after its last "
            "epoch.",
            code="training_died",
        ) from error
    task.net.load_state_dict(load_file(folder / END))
    held = found["held_logits"]
    logits = None if held is None else np.array(held, dtype=np.float32)
    return Trained(task.net.eval(), found["curves"], found["facts"], logits)


def _write_task(folder: Path, task: Task, files: Sequence[Sample], specs: str) -> None:
    save_file(tensors(task.net.state_dict()), folder / BEGIN)
    samples = task.samples
    np.savez(
        folder / ARRAYS,
        truth=samples.truth,
        tubes=samples.tubes,
        apart=samples.apart,
        clips=samples.clips,
    )
    about = {
        "net": task.spec.name,
        "specs": specs,
        "params": task.params.as_dict(),
        "mirror": task.mirror,
        "folder": str(task.folder),
        "threads": task.threads,
        "files": samples_as_text(files),
    }
    (folder / TASK).write_text(json.dumps(about))


def _read_task(folder: Path) -> Task:
    import importlib

    about = json.loads((folder / TASK).read_text())
    module, function = about["specs"].split(":")
    spec = getattr(importlib.import_module(module), function)(about["net"])
    with np.load(folder / ARRAYS, allow_pickle=False) as arrays:
        samples = Samples(arrays["truth"], arrays["tubes"], arrays["apart"], arrays["clips"])
    net = spec.build(samples.truth.shape[1])
    net.load_state_dict(load_file(folder / BEGIN))
    # Batch norms stay each process's own. Norms over all processes would talk within the forward
    # pass, and a process that has fewer parts of a step than another would be waited for for ever;
    # at the end they are settled on the same clips everywhere.
    task = Task(
        net=net, spec=spec, source=FileClips(spec, samples_of(about["files"])), samples=samples,
        params=TrainParams(**about["params"]), mirror=about["mirror"], folder=Path(about["folder"]),
    )  # fmt: skip
    return replace(task, threads=about["threads"])
