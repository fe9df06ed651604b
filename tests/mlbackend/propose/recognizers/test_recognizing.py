"""Jobs that recognize by a net: chosen, stretch by stretch, cancelled, resumed, by themselves."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

import pytest
import torch
from safetensors.torch import save_file
from torch import Tensor, nn

from labeling import api, jobs
from labeling.domain.errors import InvalidInput
from labeling.models import Job
from mlbackend.models import Run
from mlbackend.nets.action_net import ClipInput, NetSpec, View
from mlbackend.nets.registry import NETS
from mlbackend.propose import host, recognition, services, stage, tasks
from mlbackend.propose.recognizers import choice
from mlbackend.propose.recognizers.base import RecognizerFailed
from mlbackend.train.descriptors import installed_descriptor
from mlbackend.zoo.find import sha256
from mlbackend.zoo.installed import weights_for
from mlbackend.zoo.sidecar import Sidecar, write_sidecar
from tests.mlbackend.propose.conftest import FPS, SECONDS, Yard
from tests.mlbackend.propose.test_pairs import _train

pytestmark = pytest.mark.django_db


class Tiny(nn.Module):
    """The mean color of a clip, and a line on it."""

    embedding_width = 3
    shown = 0

    def __init__(self, classes: int) -> None:
        super().__init__()
        self.head = nn.Linear(3, classes)

    def embed(self, streams: Sequence[Tensor], rois: Tensor | None = None) -> Tensor:
        Tiny.shown += len(streams[0])
        return streams[0].mean(dim=(2, 3, 4))

    def classify(self, embedding: Tensor) -> Tensor:
        return self.head(embedding)


SPEC = NetSpec(
    "tiny", "Tiny", lambda n: Tiny(n).eval(), (ClipInput(4, 0.2, 16),), View.TUBE, False,
    ("head.",), 0.1, "",
)  # fmt: skip


@pytest.fixture
def tiny(yard: Yard, tmp_path: Path, settings: Any, monkeypatch: Any) -> Iterator[Path]:
    """The net is known, and the folder its weights would lie in is empty."""
    folder = tmp_path / "w"
    folder.mkdir()
    settings.HOME_DIRS = {**settings.HOME_DIRS, "weights": folder}
    settings.DETECTOR_WEIGHTS = ""
    monkeypatch.setitem(NETS, "tiny", SPEC)
    monkeypatch.setattr(stage, "REPORT_EVERY_S", 0.0)
    Tiny.shown = 0
    yield folder
    host._last.clear()


def _add(folder: Path, classes: tuple[str, ...]) -> None:
    """Weights that see the first class everywhere."""
    net = Tiny(len(classes))
    with torch.no_grad():
        net.head.weight.zero_()
        net.head.bias.copy_(torch.tensor([9.0] + [0.0] * (len(classes) - 1)))
    file = folder / "tiny.safetensors"
    save_file(net.state_dict(), file)
    write_sidecar(
        folder,
        Sidecar("tiny", "tiny", "recognizer", file.name, sha256(file), "", "Tiny with a seed",
                classes, "", "", "", "2026-01-01T00:00:00"),
    )  # fmt: skip


def _start(yard: Yard, **wish: Any) -> str:
    (job_id,) = services.propose_start(project_id=yard.project.id, send=False, **wish)
    return job_id


def _finish(job_id: str) -> api.JobValue:
    for _ in range(80):
        tasks.step(job_id)
        job = api.job_value(job_id)
        if job.state != "queued":
            return job
    raise AssertionError("the job never ends")


def _spans(yard: Yard) -> list[Any]:
    return sorted(api.annotations(yard.video.id).spans.values(), key=lambda span: span.start_frame)


def test_why_a_net_cannot_recognize_is_said(yard: Yard, tiny: Path) -> None:
    assert "Tiny's weights are not here." in str(choice.missing("tiny", yard.project.id))
    _add(tiny, ("abseiling", "yodeling"))
    lacking = str(choice.missing("tiny", yard.project.id))
    assert "knows 2 actions and none is called like a label of this project" in lacking
    with pytest.raises(RecognizerFailed, match="Tiny cannot recognize here"):
        choice.choose("tiny", yard.project.id)
    with pytest.raises(InvalidInput, match="Tiny cannot recognize here"):
        _start(yard, recognizer="tiny")
    _add(tiny, ("walking", "yodeling"))
    assert choice.missing("tiny", yard.project.id) is None


def test_a_setting_that_cannot_work_is_noted_once_and_stops_nothing(yard: Yard, tiny: Path) -> None:
    yard.project.settings = {**yard.project.settings, "recognizer": "tiny"}
    yard.project.save()
    job = _finish(_start(yard))
    assert job.state == "done" and job.result is not None and job.result["tubes"] == 2
    assert job.result["note"].count("Tiny's weights are not here.") == 1
    assert _spans(yard) == [] and Tiny.shown == 0


def test_a_run_goes_on_where_it_was_cancelled(yard: Yard, tiny: Path, monkeypatch: Any) -> None:
    _add(tiny, ("walking", "Run", "hand wave"))
    monkeypatch.setattr(recognition, "NET_STRETCH_S", 3.0)
    job_id = _start(yard, recognizer="tiny")
    while "stretch" not in api.job_value(job_id).cursor:
        tasks.step(job_id)
    before = Tiny.shown
    assert api.job_value(job_id).cursor["stretch"] == 1 and before > 0
    Job.objects.filter(pk=job_id).update(cancel_requested=True)
    tasks.step(job_id)
    assert api.job_value(job_id).state == "cancelled" and _spans(yard) == []
    jobs.resume(job_id)
    assert _finish(job_id).state == "done"
    spans = _spans(yard)
    assert [(s.label_id, s.start_frame, s.end_frame) for s in spans] == [
        (yard.labels["walk"], 0, FPS * SECONDS)
    ] * 2
    assert all(span.score > 0.99 for span in spans)
    shown = Tiny.shown
    # All is kept: the same tubes again show the net nothing.
    assert _finish(_start(yard, recognizer="tiny")).state == "done"
    assert Tiny.shown == shown
    run = Run.objects.get(id=job_id)
    assert (run.recognizer, run.detail["recognizer_title"]) == ("tiny", "Tiny with a seed")


def test_a_model_on_a_net_that_comes_into_use_proposes_by_jobs(yard: Yard, tiny: Path) -> None:
    assert _finish(_start(yard)).state == "done"
    seen = yard.detector.frames
    _add(tiny, ("walking", "yodeling"))
    found = weights_for("tiny", [tiny])
    assert found is not None
    told = {"net": "tiny", "weights": {"zoo": found.name, "sha256": found.sha256}}
    row = _train(yard.project, "tiny", installed_descriptor(found), told)
    type(row).objects.filter(pk=row.pk).update(status="champion")
    assert choice.choose("auto", yard.project.id).name == "tiny"
    assert services.actions_propose(project_id=yard.project.id) == 0
    job = Job.objects.get(kind="propose", state="queued")
    done = _finish(str(job.id))
    assert done.result is not None and done.result["spans"] == 2
    assert done.result["recognizer_title"] == "Tiny, round 3"
    assert {span.label_id for span in _spans(yard)} == {yard.labels["run"]}
    assert yard.detector.frames == seen
    assert Run.objects.get(id=job.id).model_id == row.id
    (tiny / "tiny.safetensors").unlink()
    gone = choice.choose("auto", yard.project.id)
    assert gone.name == "" and "round 3 cannot be used. A part of the model is missing" in gone.note
    assert choice.auto_note(yard.project.id) == gone.note
