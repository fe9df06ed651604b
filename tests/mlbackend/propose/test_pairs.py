"""Every detector with every recognizer on a real clip: weights of nets are saved with a seed.

Their heads are set so that they see one action everywhere: what is tested is the way from pixels
to spans, not what a random net says.
"""

from __future__ import annotations

import dataclasses
import io
import os
import uuid
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch
from django.core.management import call_command
from safetensors.torch import save_file

from labeling import api
from labeling.ingest.services import video_ingest
from mlbackend.data.hog_hof_descriptor import HOG_HOF
from mlbackend.models import ModelVersion, Run
from mlbackend.nets import faster_rcnn
from mlbackend.nets.registry import NETS
from mlbackend.propose import host
from mlbackend.train.checkpoint import checkpoint_write
from mlbackend.train.descriptors import installed_descriptor
from mlbackend.train.predictor import ActionModel
from mlbackend.zoo.find import sha256
from mlbackend.zoo.installed import weights_for
from mlbackend.zoo.manifest import WEIGHTS
from mlbackend.zoo.sidecar import Sidecar, write_sidecar

pytestmark = pytest.mark.django_db

CLIP = "jhmdb_subset/clap/Budam_-_Clap_Hands_clap_u_nm_np1_fr_med_1.avi"
DETECTORS = ("yolox_nano", "d2go", "hog", "faster_rcnn")
SMALL = "fasterrcnn_mobilenet_v3_large_320_fpn"
# A net takes seconds a clip on a CPU: crops, flow and pictures are each gone through once, and
# with TUBELAB_TEST_ALL_PAIRS=1 all nets with all detectors.
PAIRS = (("d2go", "r3d_18"), ("yolox_nano", "i3d_two_stream"), ("yolox_nano", "i3d_roi"))
ALL_PAIRS = tuple((detector, net) for net in NETS for detector in DETECTORS)
CLASSES = ("walking", "Run", "hand wave")


@pytest.fixture(scope="session")
def weights(tmp_path_factory: pytest.TempPathFactory, shared_data: Path) -> Path:
    """A folder with the real detectors' weights, and room for others."""
    folder = tmp_path_factory.mktemp("weights")
    for name in ("yolox_nano_kazuhito.onnx", "d2go_fasterrcnn_android.pt"):
        (folder / name).symlink_to(shared_data / "weights" / name)
    torch.manual_seed(5)
    net = faster_rcnn.build(SMALL, score_floor=0.1)
    torch.save(net.state_dict(), folder / WEIGHTS[SMALL].file_names[0])
    return folder


@pytest.fixture
def place(
    project: Any, weights: Path, shared_data: Path, tmp_path: Path, settings: Any, monkeypatch: Any
) -> Iterator[Any]:
    """A project with the clip, all weights and none of another test's features."""
    made = weights / WEIGHTS[SMALL].file_names[0]
    genuine = dataclasses.replace(WEIGHTS[SMALL], sha256=sha256(made))
    monkeypatch.setitem(WEIGHTS, SMALL, genuine)
    homes = {"features": tmp_path / "f", "models": tmp_path / "m", "weights": weights}
    settings.HOME_DIRS = {**settings.HOME_DIRS, **homes}
    video_ingest(project=project, path=shared_data / "clips" / CLIP)
    yield project
    host.ready_detector.cache_clear()
    host._last.clear()


def _add(net: str, folder: Path) -> None:
    """Save seeded weights of a net that sees the first class everywhere, as if added."""
    spec = NETS[net]
    torch.manual_seed(7)
    built = spec.build(len(CLASSES))
    heads = spec.stages[0] if isinstance(spec.stages[0], tuple) else (spec.stages[0],)
    with torch.no_grad():
        for name, values in built.named_parameters():
            if name.startswith(tuple(heads)) and values.shape == (len(CLASSES),):
                values.copy_(torch.tensor([40.0, -40.0, -40.0]))
    file = folder / f"{net}.safetensors"
    state = {key: value.contiguous().clone() for key, value in built.state_dict().items()}
    save_file(state, file)
    entry = Sidecar(
        name=net, net=net, use="recognizer", file=file.name, sha256=sha256(file),
        origin_sha256="", title=f"{spec.title} with a seed", classes=CLASSES, licence="",
        source="", preprocessing="", added_at="2026-01-01T00:00:00",
    )  # fmt: skip
    write_sidecar(folder, entry)


def _train(project: Any, net: str, descriptor: Any, features: dict[str, Any]) -> ModelVersion:
    """A model of the project that says "run" to every window."""
    ids = tuple(sorted(label.id for label in project.labels.filter(kind="action")))
    said = project.labels.get(name="run").id
    width = descriptor.length
    model = ActionModel(
        label_ids=ids,
        mean=np.zeros(width),
        scale=np.ones(width),
        coefficients=np.zeros((len(ids), width)),
        intercepts=np.array([3.0 if i == said else -3.0 for i in ids]),
        constants=np.full(len(ids), np.nan),
        thresholds=np.full(len(ids), 0.5),
    )
    row = ModelVersion(id=uuid.uuid4(), project_id=project.pk, name="round 3", path="x")
    row.path = f"{row.id}/weights.npz"
    told = {"features": {"descriptor": descriptor.key, "width": width, **features}}
    row.manifest = checkpoint_write(row.file_path.parent, model, told)
    row.save()
    return row


def _propose(project: Any, detector: str, recognizer: str) -> str:
    out = io.StringIO()
    call_command(
        "propose", project.name, "--detector", detector, "--recognizer", recognizer,
        "--rate", "2", "--wait", stdout=out, stderr=out,
    )  # fmt: skip
    return out.getvalue().splitlines()[-1]


def _check(project: Any, detector: str, recognizer: str, label: str, title: str) -> None:
    said = _propose(project, detector, recognizer)
    (video,) = api.videos(project.pk)
    now = api.annotations(video.id)
    run = Run.objects.get(video_id=video.id)
    assert (run.detector, run.recognizer) == (detector, recognizer)
    assert title in said and run.detail["recognizer_title"] == title
    if detector in ("yolox_nano", "d2go"):  # these find the man who claps
        assert now.tubes and now.spans
    named = {each.id: each.name for each in api.labels(project.pk)}
    assert {named[span.label_id] for span in now.spans.values()} <= {label}
    assert {span.tube_id for span in now.spans.values()} == {
        tube.id for tube in now.tubes.values() if len(tube.dense()[0]) >= 15
    }
    assert all(span.score > 0.9 for span in now.spans.values())
    assert all(span.run_id == str(run.id) for span in now.spans.values())


@pytest.mark.parametrize("detector", DETECTORS)
def test_every_detector_with_models_of_the_project(place: Any, detector: str) -> None:
    _train(place, "", HOG_HOF, {})
    _check(place, detector, "hog_hof", "run", "HOG/HOF, round 3")


@pytest.mark.parametrize(
    ("detector", "net"), PAIRS if "TUBELAB_TEST_ALL_PAIRS" not in os.environ else ALL_PAIRS
)
def test_detectors_with_nets(place: Any, weights: Path, detector: str, net: str) -> None:
    _add(net, weights)
    _check(place, detector, net, "walk", f"{NETS[net].title} with a seed")
    (weights / f"{net}.safetensors").unlink()


def test_a_model_on_a_net_is_preferred_to_the_net_itself(place: Any, weights: Path) -> None:
    _add("r3d_18", weights)
    found = weights_for("r3d_18", [weights])
    assert found is not None
    told = {"net": "r3d_18", "weights": {"zoo": found.name, "sha256": found.sha256}}
    row = _train(place, "r3d_18", installed_descriptor(found), told)
    _check(place, "yolox_nano", "r3d_18", "run", f"{NETS['r3d_18'].title}, round 3")
    assert Run.objects.get().model_id == row.id
