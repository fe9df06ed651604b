"""From reviewed boxes to a detector that proposes, by the command a person types."""

from __future__ import annotations

import uuid
from io import StringIO
from pathlib import Path
from typing import Any

import pytest
from django.core.management import CommandError, call_command

from labeling import revisions
from labeling.ingest.services import video_ingest
from labeling.models import Video
from mlbackend.models import ModelVersion
from mlbackend.propose import detect
from mlbackend.propose.host import host, ready_detector
from mlbackend.train.detector import net, services
from tests.mlbackend.propose.conftest import FPS, MOVES, SECONDS, box_at, draw_boxes

pytestmark = pytest.mark.django_db
LAST = FPS * SECONDS - 1


def _reviewed(video: Video, label_id: int, labels: list[int]) -> None:
    """A person draws both boxes and says that nothing is missing on the first two seconds."""
    operations: list[dict[str, Any]] = []
    for move in MOVES:
        frames = [*range(0, LAST, 5), LAST]
        keyframes = [{"frame": f, "box": [float(v) for v in box_at(move, f)]} for f in frames]
        tube = {"id": str(uuid.uuid4()), "label_id": label_id, "keyframes": keyframes}
        operations.append({"op": "tube_add", "tube": tube})
    coverage = {
        "id": str(uuid.uuid4()), "tube_id": None, "start_frame": 0, "end_frame": 45,
        "label_ids": labels,
    }  # fmt: skip
    operations.append({"op": "coverage_add", "coverage": coverage})
    revisions.commit(video_id=video.id, operations=operations, origin="hand")


@pytest.fixture
def yard(project: Any, tmp_path: Path, settings: Any) -> Any:
    settings.HOME_DIRS = {**settings.HOME_DIRS, "models": tmp_path / "m", "weights": tmp_path / "w"}
    settings.DETECTOR_WEIGHTS = ""
    path = tmp_path / "boxes.mp4"
    draw_boxes(path, MOVES)
    video = video_ingest(project=project, path=path).video
    assert video is not None
    Video.objects.filter(pk=video.pk).update(split="train")
    label = project.labels.get(kind="object").id
    _reviewed(video, label, [each.id for each in project.labels.all()])
    return project


def _train(yard: Any, *options: str) -> str:
    out = StringIO()
    call_command("train_detector", yard.name, *options, stdout=out, stderr=StringIO())
    return out.getvalue()


def test_without_weights_it_says_how_to_get_them(yard: Any) -> None:
    with pytest.raises(CommandError, match=r"are not here. Fetch them with manage.py models fetch"):
        _train(yard)
    with pytest.raises(CommandError, match="There is no net 'yolo' to train; there are faster"):
        _train(yard, "--net", "yolo")
    with pytest.raises(CommandError, match="--epochs is 0; give a number above 0"):
        _train(yard, "--epochs", "0")


def test_a_trained_detector_is_kept_offered_and_used_when_chosen(
    yard: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    small = services.detector_train
    monkeypatch.setattr(
        services, "detector_train", lambda **asked: small(**asked, sides_px=(96, 160))
    )
    full = net.begun

    def begun(*args: Any, **options: Any) -> Any:
        made = full(*args, **options)
        made.roi_heads.fg_bg_sampler.batch_size_per_image = 32  # of 512: most of the time
        return made

    monkeypatch.setattr(net, "begun", begun)
    said = _train(yard, "--from-scratch", "--epochs", "1")
    assert "trained on 18 boxes of 9 frames" in said and "no hold-out video is reviewed" in said
    row = ModelVersion.objects.get(project_id=yard.id, kind="detector")
    assert row.name == "detector-1" and row.status == "candidate"
    assert row.manifest["categories"] == ["__background__", "person"]
    assert row.manifest["counts"]["left_out_tubes"] == 0 and row.manifest["sides_px"] == [96, 160]
    assert len(row.snapshot_hash) == 64 and row.manifest["metrics"]["after"] is None
    assert not list(row.file_path.parents[1].glob(".detector-*"))
    assert detect.choose("auto", host(yard.id)).name == "hog"
    assert detect.choose("detector-1", host(yard.id)).name == "detector-1"
    with pytest.raises(CommandError, match="no trained detector 'x'. There are: detector-1"):
        _train(yard, "--use", "x")
    _train(yard, "--use", "detector-1")
    assert detect.choose("auto", host(yard.id)) == detect.Choice("project", "")
    loaded = ready_detector("project", host(yard.id))
    assert loaded.categories == ("__background__", "person")
    ready_detector.cache_clear()


def test_only_what_finds_no_less_is_put_to_use() -> None:
    before, after = {"ap50": 0.5, "frames": 9}, {"ap50": 0.5, "frames": 9}
    metrics = {"in_use": "YOLOX-nano", "before": before, "after": after}
    assert services.decided(metrics)[0]
    promoted, reason = services.decided(metrics | {"before": {"ap50": 0.6, "frames": 9}})
    assert not promoted
    assert reason == "Not put to use: it finds AP 0.500 on 9 hold-out frames, YOLOX-nano 0.600."
    nothing = {"ap50": 0.0, "frames": 9}
    assert not services.decided(metrics | {"before": nothing, "after": nothing})[0]
