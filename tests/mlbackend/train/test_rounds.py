"""Rounds on a real database: one at a time, one model each, promoted, kept and rolled back."""

import json
from typing import Any

import numpy as np
import pytest

from labeling import api, jobs
from labeling.domain.errors import Conflict, InvalidInput
from labeling.models import Video
from mlbackend.models import ModelVersion, Round
from mlbackend.train import record, services
from mlbackend.train.checkpoint import load_action_model
from mlbackend.train.services import round_promote, round_run, round_start
from mlbackend.train.tasks import run
from tests.mlbackend.train.conftest import Reviewed

pytestmark = pytest.mark.django_db


def finished(project: Any) -> Round:
    """Start a round and run it as a worker would."""
    started = round_start(project_id=project.id, send=False)
    run(str(started.job_id))
    started.refresh_from_db()
    return started


def manifest_of(done: Round) -> dict[str, Any]:
    """What lies beside the weights of the round's model."""
    return json.loads((done.model.file_path.parent / "manifest.json").read_text())


def champion(project: Any) -> ModelVersion:
    """The project's one champion."""
    return ModelVersion.objects.get(project=project, status="champion")


def test_a_round_trains_measures_and_promotes(reviewed: Reviewed) -> None:
    reviewed.review(60)
    done = finished(reviewed.project)
    assert (done.state, done.decision, done.evaluated_on) == ("done", "promoted", "reserved tubes")
    assert "hold-out videos for an honest figure" in done.reason
    assert done.metrics["candidate"]["macro"]["f1"] > 0.95
    assert done.metrics["champion"] is None
    assert done.counts["train"]["run"] > done.counts["hold_out"]["run"] > 0
    assert done.counts["train"]["wave"] == 0
    assert champion(reviewed.project) == done.model
    assert api.job_value(str(done.job_id)).result["promoted"] is True


def test_its_model_can_be_traced_and_loaded(reviewed: Reviewed) -> None:
    reviewed.review(60)
    done = finished(reviewed.project)
    model = done.model
    loaded = load_action_model(model)
    assert loaded.label_ids == tuple(sorted(reviewed.labels[n] for n in ("walk", "run", "wave")))
    assert model.manifest["snapshot_hash"] == done.snapshot_hash
    assert (model.manifest["seed"], model.manifest["recipe"]) == (1, "logistic")
    assert "licence" in model.manifest
    p = loaded.predict_proba(np.zeros((2, len(loaded.mean))))
    assert p[:, loaded.label_ids.index(reviewed.labels["wave"])].tolist() == [0.0, 0.0]


def test_reserved_tubes_are_never_trained_on(reviewed: Reviewed) -> None:
    reviewed.review(60)
    trained_on = manifest_of(finished(reviewed.project))["train_tube_ids"]
    assert set(trained_on) == set(reviewed.done) - set(reviewed.reserved)


def test_a_worse_model_is_kept_and_the_champion_stays(reviewed: Reviewed) -> None:
    reviewed.review(45)
    first = finished(reviewed.project)
    reviewed.review(12, wrong=True)
    reviewed.review(12, wrong=True)
    second = finished(reviewed.project)
    assert (first.decision, second.decision) == ("promoted", "kept")
    assert "champion stays" in second.reason
    assert champion(reviewed.project) == first.model
    assert second.model.status == "candidate"
    assert second.metrics["champion"]["n"] == second.metrics["candidate"]["n"]


def test_a_person_puts_a_worse_model_to_use_and_what_the_rule_said_stays(
    reviewed: Reviewed,
) -> None:
    reviewed.review(45)
    finished(reviewed.project)
    reviewed.review(12, wrong=True)
    reviewed.review(12, wrong=True)
    worse = finished(reviewed.project)
    assert worse.decision == "kept"
    done = round_promote(worse, send=False)
    assert (done.decision, champion(reviewed.project)) == ("promoted", worse.model)
    assert done.reason.startswith("Put to use by a person. The rule had said: ")
    assert "champion stays" in done.reason


def test_an_equal_model_on_more_labels_is_promoted(reviewed: Reviewed) -> None:
    reviewed.review(50)
    first = finished(reviewed.project)
    reviewed.review(30)
    second = finished(reviewed.project)
    first.model.refresh_from_db()
    assert second.decision == "promoted"
    assert (champion(reviewed.project), first.model.status) == (second.model, "retired")
    assert second.model.parent == first.model


def test_nothing_to_train_on_fails_and_says_what_to_do(reviewed: Reviewed) -> None:
    failed = finished(reviewed.project)
    assert failed.state == "failed"
    assert "Accept or correct some tubes" in failed.reason
    job = api.job_value(str(failed.job_id))
    assert (job.state, job.error["code"]) == ("failed", "nothing_to_train")
    reviewed.review(60)
    assert finished(reviewed.project).number == 2


def test_the_same_round_twice_gives_the_same_bytes(reviewed: Reviewed) -> None:
    reviewed.review(60)
    done = finished(reviewed.project)
    first = load_action_model(done.model)
    Round.objects.filter(pk=done.pk).update(state="queued")
    jobs.Job.objects.filter(pk=done.job_id).update(state="queued", cursor={})
    ModelVersion.objects.all().update(status="candidate")
    run(str(done.job_id))
    second = load_action_model(ModelVersion.objects.get())
    assert first.coefficients.tobytes() == second.coefficients.tobytes()


def test_a_cancelled_round_says_so(reviewed: Reviewed) -> None:
    reviewed.review(60)
    started = round_start(project_id=reviewed.project.id, send=False)
    owner = api.owner_name()
    job = api.job_claim(str(started.job_id), owner)
    jobs.cancel(str(started.job_id))
    with api.running(str(started.job_id), owner):
        round_run(job, owner)
    started.refresh_from_db()
    assert (started.state, started.reason) == ("failed", "Cancelled.")
    assert api.job_value(str(started.job_id)).state == "cancelled"


def test_a_person_rolls_back(reviewed: Reviewed) -> None:
    reviewed.review(50)
    first = finished(reviewed.project)
    reviewed.review(30)
    finished(reviewed.project)
    told: list[services.Followed] = []

    def follow(done: services.Followed, progress: Any) -> str:
        told.append(done)
        return ""

    services.round_followers[:], before = [("propose", follow)], list(services.round_followers)
    try:
        round_promote(Round.objects.get(pk=first.pk))
        round_promote(Round.objects.get(pk=first.pk))
        assert champion(reviewed.project) == first.model
        (job_id,) = api.active(reviewed.project.id, "train")
        run(job_id)
    finally:
        services.round_followers[:] = before
    assert told == [services.Followed(reviewed.project.id, job_id, True, False)]
    assert api.job_value(job_id).state == "done"
    assert Round.objects.filter(project=reviewed.project).count() == 2


def test_what_cannot_be_used_is_not_put_to_use(reviewed: Reviewed) -> None:
    reviewed.review(50)
    first = finished(reviewed.project)
    reviewed.review(30)
    second = finished(reviewed.project)
    manifest = manifest_of(first)
    manifest["features"]["descriptor"] = "older"
    (first.model.file_path.parent / "manifest.json").write_text(json.dumps(manifest))
    with pytest.raises(InvalidInput, match="It reads features 'older'"):
        round_promote(Round.objects.get(pk=first.pk))
    assert champion(reviewed.project) == second.model


def test_a_model_put_to_use_during_a_round_is_compared_with(
    reviewed: Reviewed, monkeypatch: pytest.MonkeyPatch
) -> None:
    reviewed.review(40)
    first = finished(reviewed.project)
    reviewed.review(20)
    second = finished(reviewed.project)
    reviewed.review(20)
    write = record.write
    seen: list[Any] = []

    def meanwhile(made: Any, *args: Any) -> Any:
        seen.append(made.champion)
        if len(seen) == 1:
            round_promote(Round.objects.get(pk=first.pk), send=False)
        return write(made, *args)

    monkeypatch.setattr(record, "write", meanwhile)
    third = finished(reviewed.project)
    assert seen == [second.model, first.model]
    assert (third.state, third.parent, third.model.parent) == ("done", first.model, first.model)


def test_a_round_without_a_model_cannot_be_promoted(reviewed: Reviewed) -> None:
    with pytest.raises(Conflict, match="made no model"):
        round_promote(finished(reviewed.project))


def test_a_champion_of_other_features_is_no_rival(reviewed: Reviewed) -> None:
    reviewed.review(60)
    first = finished(reviewed.project)
    manifest = manifest_of(first)
    manifest["features"]["descriptor"] = "older"
    (first.model.file_path.parent / "manifest.json").write_text(json.dumps(manifest))
    second = finished(reviewed.project)
    assert (second.decision, second.metrics["champion"]) == ("promoted", None)


def test_a_new_label_is_compared_on_the_shared_ones(reviewed: Reviewed) -> None:
    from labeling.teams.services import label_create

    reviewed.review(50)
    finished(reviewed.project)
    label_create(project=reviewed.project, kind="action", name="jump")
    second = finished(reviewed.project)
    names = {
        who: {row["name"] for row in second.metrics[who]["per_class"]}
        for who in ("candidate", "champion")
    }
    assert names["candidate"] - names["champion"] == {"jump"}


def test_hold_out_videos_take_over_and_a_favored_champion_is_named(
    reviewed: Reviewed, second_video: Reviewed
) -> None:
    reviewed.review(60)
    finished(reviewed.project)
    Video.objects.filter(pk=reviewed.video.pk).update(split="hold-out")
    second_video.review(40)
    second = finished(reviewed.project)
    assert second.evaluated_on == "hold-out videos"
    trained = 60 - len(reviewed.reserved)
    assert f"The champion was trained on {trained} of the tubes" in second.reason
    assert "honest figure" not in second.reason
    assert set(manifest_of(second)["train_tube_ids"]) == set(second_video.done)


def test_an_unknown_recipe_is_named(reviewed: Reviewed) -> None:
    reviewed.review(60)
    reviewed.project.settings = {"recipe": "magic"}
    reviewed.project.save()
    assert "'magic' is unknown" in finished(reviewed.project).reason


def test_a_wish_for_a_seed_alone_keeps_the_projects_recipe(project: Any) -> None:
    project.settings = {"recipe": "svm"}
    project.save()
    started = round_start(project_id=project.id, send=False, wish={"params": {"seed": 7}})
    assert (started.recipe, started.params) == ("svm", {"seed": 7})
