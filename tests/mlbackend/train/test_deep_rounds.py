"""Rounds that train a net: two colored people in a real video, and a net of three layers."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import av
import numpy as np
import pytest
import torch

from labeling import api, jobs
from labeling.domain.errors import InvalidInput
from labeling.domain.timebase import Timebase
from labeling.models import Video
from mlbackend.models import ModelVersion, Round
from mlbackend.nets import registry
from mlbackend.nets.action_net import View
from mlbackend.train.champion import champion_load
from mlbackend.train.net import loop as net_loop
from mlbackend.train.services import round_start
from mlbackend.train.tasks import run
from tests.mlbackend import annotating
from tests.mlbackend.annotating import commit, propose_tubes, review_operations
from tests.mlbackend.train.net import tiny

pytestmark = pytest.mark.django_db
TUBES, FRAMES = 40, 24
QUICK = {"epochs": 6, "batch": 8, "lr": 0.03, "precision": "float32", "augment": 0.3}


def draw(path: Path) -> None:
    """Every tube's box is red or blue by turns, in a grid."""
    with av.open(str(path), "w") as file:
        stream = file.add_stream("libx264", rate=10)
        stream.width, stream.height, stream.pix_fmt = 640, 360, "yuv420p"
        picture = np.full((360, 640, 3), 90, dtype=np.uint8)
        for i in range(TUBES):
            x1, y1, x2, y2 = place(i)
            picture[y1:y2, x1:x2] = (230, 30, 30) if i % 2 == 0 else (30, 30, 230)
        for _ in range(FRAMES):
            for packet in stream.encode(av.VideoFrame.from_ndarray(picture, format="rgb24")):
                file.mux(packet)
        for packet in stream.encode():
            file.mux(packet)


def place(i: int) -> tuple[int, int, int, int]:
    x, y = 10 + 62 * (i % 10), 20 + 85 * (i // 10)
    return x, y, x + 40, y + 60


@pytest.fixture
def nets(monkeypatch: pytest.MonkeyPatch) -> None:
    """The tiny net among the others, for crops and for whole pictures."""
    for spec in (tiny.spec(), tiny.spec("tiny_picture", View.PICTURE)):
        monkeypatch.setitem(registry.NETS, spec.name, spec)


@pytest.fixture
def colored(project: Any, labels: dict[str, int], nets: None) -> Any:
    """A reviewed project: red boxes run, blue ones walk."""
    name = "colors.mp4"
    video = Video(
        project=project, name=name, source=name, state="ready", sha256="c" * 64, width=640,
        height=360,
    )  # fmt: skip
    video.set_timebase(Timebase((1, 10), np.arange(FRAMES), FRAMES))
    video.save()
    draw(Path(video.source_path))
    return project, video, labels


def review(colored: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    project, video, labels = colored
    monkeypatch.setattr(annotating, "box", lambda i: [float(v) for v in place(i)])
    tubes = propose_tubes(video, TUBES, frames=FRAMES)
    both = [labels["run"], labels["walk"]]
    operations = []
    for i, tube_id in enumerate(tubes):
        action = labels["run" if i % 2 == 0 else "walk"]
        operations += review_operations(tube_id, [(action, 0, FRAMES)], both, FRAMES)
    commit(video, operations)


def finished(project: Any, **wish: Any) -> Round:
    started = round_start(project_id=project.id, send=False, wish=wish)
    run(str(started.job_id))
    started.refresh_from_db()
    assert started.state == "done", started.reason
    return started


def test_a_net_is_trained_from_nothing_then_its_head_and_its_last_stages(
    colored: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    review(colored, monkeypatch)
    project = colored[0]
    done = finished(project, recipe="full", net="tiny", params=QUICK)
    assert (done.recipe, done.net, done.decision) == ("full", "tiny", "promoted")
    assert done.metrics["candidate"]["macro"]["f1"] > 0.9
    assert done.learning["control"] is None and "needs a champion" in done.learning["control_note"]
    assert [row["epoch"] for row in done.curves["epochs"]] == [1, 2, 3, 4, 5, 6]
    folder = done.model.file_path.parent
    manifest = json.loads((folder / "manifest.json").read_text())
    assert manifest["features"]["net"] == "tiny" and manifest["features"]["width"] == 6
    assert manifest["start"]["source"] == "scratch" and manifest["params"]["seed"] == 1
    assert not manifest["params"]["freeze_norms"] and manifest["params"]["epochs"] == 6
    assert not list(folder.parent.glob(".*-training"))
    champion = champion_load(done.model)
    assert champion is not None and champion.descriptor.key == manifest["features"]["descriptor"]

    head = finished(project, recipe="head", net="tiny")
    assert json.loads(head.model.file_path.with_name("manifest.json").read_text())["start"] == {
        **manifest["start"],
        "source": "champion",
        "title": "the net of round 1",
        "licence": manifest["licence"],
        "sha256": manifest["features"]["weights"]["sha256"],
    }
    assert head.metrics["champion"]["n"] == head.metrics["candidate"]["n"]

    tuned = finished(project, recipe="finetune", net="tiny", params={**QUICK, "epochs": 2})
    before = torch_file(done.model)
    after = torch_file(tuned.model)
    assert torch.equal(before["stem.weight"], after["stem.weight"])
    assert not torch.equal(before["norm.weight"], after["norm.weight"])

    plain = finished(project)
    assert (plain.recipe, plain.net) == ("logistic", "")
    assert plain.metrics["champion"]["n"] == plain.metrics["candidate"]["n"]


def torch_file(model: ModelVersion) -> dict[str, torch.Tensor]:
    from safetensors.torch import load_file

    return load_file(model.file_path.with_name("net.safetensors"))


def test_a_net_of_whole_pictures_is_trained_on_boxes(
    colored: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(
        registry.NETS, "tiny_picture", tiny.spec("tiny_picture", View.PICTURE, size=90)
    )
    review(colored, monkeypatch)
    done = finished(colored[0], recipe="full", net="tiny_picture", params=QUICK)
    assert done.metrics["candidate"]["macro"]["f1"] > 0.9


def test_a_killed_round_goes_on_after_its_last_epoch(
    colored: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    review(colored, monkeypatch)
    project = colored[0]
    whole = finished(project, recipe="full", net="tiny", params={**QUICK, "epochs": 3, "seed": 5})
    started = round_start(
        project_id=project.id, send=False,
        wish={"recipe": "full", "net": "tiny",
              "params": {**QUICK, "epochs": 3, "seed": 5, "start": "scratch"}},
    )  # fmt: skip
    original = net_loop._Run.run_epoch

    def killed(self: Any) -> None:
        if self.epoch == 2:
            raise KeyboardInterrupt
        original(self)

    with monkeypatch.context() as patched:
        patched.setattr(net_loop._Run, "run_epoch", killed)
        with pytest.raises(KeyboardInterrupt):
            run(str(started.job_id))
    started.refresh_from_db()
    assert len(started.curves["epochs"]) == 2
    jobs.Job.objects.filter(pk=started.job_id).update(state="queued", owner="")
    run(str(started.job_id))
    started.refresh_from_db()
    assert started.state == "done", started.reason
    first, again = torch_file(whole.model), torch_file(started.model)
    assert all(torch.equal(first[name], again[name]) for name in first)


def test_cancelling_stops_at_the_next_step(colored: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    review(colored, monkeypatch)
    started = round_start(
        project_id=colored[0].id,
        send=False,
        wish={"recipe": "full", "net": "tiny", "params": QUICK},
    )
    steps = 0
    original = net_loop._Run.run_step

    def counting(self: Any, *args: Any) -> float:
        nonlocal steps
        steps += 1
        if steps == 2:
            jobs.cancel(str(started.job_id))
        return original(self, *args)

    monkeypatch.setattr(net_loop._Run, "run_step", counting)
    run(str(started.job_id))
    started.refresh_from_db()
    assert (started.state, started.reason, steps) == ("failed", "Cancelled.", 2)
    assert api.job_value(str(started.job_id)).state == "cancelled"


@pytest.mark.parametrize("recipe", ["head", "finetune"])
def test_without_weights_only_full_begins(
    colored: Any, monkeypatch: pytest.MonkeyPatch, recipe: str
) -> None:
    review(colored, monkeypatch)
    started = round_start(
        project_id=colored[0].id, send=False, wish={"recipe": recipe, "net": "tiny"}
    )
    run(str(started.job_id))
    started.refresh_from_db()
    assert started.state == "failed"
    assert "needs trained weights of tiny" in started.reason and "models fetch" in started.reason


@pytest.mark.parametrize(
    ("wish", "says"),
    [
        ({"recipe": "magic"}, "'magic' is unknown; choose finetune, full, head, logistic or svm"),
        ({"recipe": "full"}, "needs a net; choose "),
        ({"recipe": "full", "net": "nothing"}, "no net called nothing"),
        ({"recipe": "svm", "net": "tiny"}, "takes no net"),
        ({"recipe": "full", "net": "tiny", "params": {"epochs": 0}}, "epochs lies between"),
        ({"recipe": "head", "net": "tiny", "params": {"epochs": 3}}, "knows no parameter 'epochs'"),
        ({"recipe": "logistic", "params": {"seed": "x"}}, "seed is a whole number"),
    ],
)
def test_a_wish_that_cannot_be_is_refused_at_once(
    project: Any, nets: None, wish: dict[str, Any], says: str
) -> None:
    with pytest.raises(InvalidInput, match=says):
        round_start(project_id=project.id, send=False, wish=wish)
    assert not Round.objects.exists()


def test_the_card_says_what_it_is_and_shows_where_it_fails(
    colored: Any, monkeypatch: pytest.MonkeyPatch, as_user: Any, owner: Any, stranger: Any
) -> None:
    review(colored, monkeypatch)
    project, _, labels = colored
    done = finished(project, recipe="full", net="tiny", params={**QUICK, "epochs": 1, "lr": 1e-6})
    folder = done.model.file_path.parent
    card = json.loads((folder / "card.json").read_text())
    assert card == done.card
    assert card["data"]["snapshot_hash"] == done.snapshot_hash
    assert card["data"]["train"]["videos"] == 1 and card["data"]["hold_out"]["tubes"] > 5
    assert card["training"]["params"]["lr"] == 1e-6 and card["training"]["seed"] == done.number
    macro = card["metrics"]["macro_f1"]
    assert macro["low"] <= macro["value"] <= macro["high"] < 1.0
    assert card["speed"]["windows_per_s"] > 0 and "CPU cores" in card["speed"]["machine"]
    assert any("wave" in limit for limit in card["limits"])
    assert any("random weights" in limit for limit in card["limits"])
    assert card["failures"], "a net that learned nothing is wrong somewhere"
    text = (folder / "card.md").read_text()
    assert "## Known limits" in text and "pictures/1.jpg" in text

    path = f"/api/models/{done.model.id}/card"
    shown = as_user(owner).get(path).json()
    picture = shown["failures"][0]["picture"]
    answer = as_user(owner).get(picture)
    data = b"".join(answer.streaming_content)
    assert answer["Content-Type"] == "image/jpeg" and data[:2] == b"\xff\xd8"
    assert as_user(stranger).get(path).status_code == 404
    assert as_user(stranger).get(picture).status_code == 404
    assert as_user(owner).get(f"{path}/pictures/../card.json").status_code == 404
    assert as_user(owner).get(f"{path}/pictures/99.jpg").status_code == 404
