"""A round's steps: recorded, resumed behind the last one, and honest when something changed."""

import json
from typing import Any

import pytest

from labeling import api, jobs
from labeling.ingest.services import video_delete
from labeling.models import Label, Video
from mlbackend.models import ModelVersion, QueueItem, Round, Run, UsedVideo
from mlbackend.train import record, round_work, services
from mlbackend.train.services import round_promote, round_start
from mlbackend.train.steps import Journal
from mlbackend.train.tasks import run
from tests.mlbackend.train.conftest import Reviewed

pytestmark = pytest.mark.django_db

STEPS = ["snapshot", "train", "calibrate", "compare", "promote", "propose", "queue"]


class Killed(BaseException):
    """Stands for a worker that is gone; nothing catches it."""


def finished(project: Any, **wish: Any) -> Round:
    """Start a round and run it as a worker would."""
    started = round_start(project_id=project.id, send=False, wish=wish)
    run(str(started.job_id))
    started.refresh_from_db()
    return started


def killed_in(monkeypatch: pytest.MonkeyPatch, started: Round, step: str, when: str) -> None:
    """Run a round whose worker dies in a step: "before" or "after" its work is stored."""
    end = Journal.end

    def dying(self: Journal, name: str, result: Any) -> None:
        if name == step and when == "before":
            raise Killed
        end(self, name, result)
        if name == step:
            raise Killed

    with monkeypatch.context() as patched:
        patched.setattr(Journal, "end", dying)
        with pytest.raises(Killed):
            run(str(started.job_id))
    jobs.Job.objects.filter(pk=started.job_id).update(state="queued", owner="")


def meanwhile(monkeypatch: pytest.MonkeyPatch, step: str, change: Any) -> None:
    """Let something happen right after a step."""
    end = Journal.end

    def ended(self: Journal, name: str, result: Any) -> None:
        end(self, name, result)
        if name == step:
            change()

    monkeypatch.setattr(Journal, "end", ended)


def made(project: Any) -> dict[str, Any]:
    """What a round left, to be compared with what another way left."""
    done = Round.objects.get(project=project)
    return {
        "model": [(row.id, row.status) for row in ModelVersion.objects.all()],
        "weights": done.model.manifest["weights_sha256"],
        # The snapshot's is not among them: a later one of the same labels has another revision.
        "digests": [(step["name"], step["digest"]) for step in done.steps[1:]],
        "queue": done.queue_hash,
        "runs": sorted(str(pk) for pk in Run.objects.values_list("id", flat=True)),
        "tubes": QueueItem.objects.filter(state="open").count(),
    }


@pytest.mark.parametrize("step", ["train", "propose"])
def test_who_goes_on_meanwhile_keeps_their_work(
    reviewed: Reviewed, monkeypatch: pytest.MonkeyPatch, step: str
) -> None:
    reviewed.review(60)
    started = round_start(project_id=reviewed.project.id, send=False)
    killed_in(monkeypatch, started, step, "before")
    reviewed.review(5)
    human, frozen = human_work(reviewed), Round.objects.get(pk=started.pk).snapshot_hash
    run(str(started.job_id))
    started.refresh_from_db()
    assert (started.state, started.snapshot_hash, started.step) == ("done", frozen, "")
    assert [entry["name"] for entry in started.steps] == STEPS
    assert all(entry["finished_at"] for entry in started.steps)
    assert human_work(reviewed) == human


def human_work(reviewed: Reviewed) -> str:
    """All that a person decided, as it is stored."""
    now = api.annotations(reviewed.video.id)
    tubes = [now.tubes[tube_id].as_dict() for tube_id in sorted(reviewed.done)]
    spans = [s.as_dict() for t in sorted(reviewed.done) for s in now.spans_of(t)]
    return json.dumps([tubes, spans], sort_keys=True)


def test_a_killed_round_ends_as_one_that_was_left_alone(
    reviewed: Reviewed, monkeypatch: pytest.MonkeyPatch
) -> None:
    reviewed.review(60)
    started = round_start(project_id=reviewed.project.id, send=False)
    for step in STEPS:
        killed_in(monkeypatch, started, step, "before")
        killed_in(monkeypatch, started, step, "after")
    run(str(started.job_id))
    killed = made(reviewed.project)
    # The same round once more, from its beginning, and nobody in its way.
    Round.objects.filter(pk=started.pk).update(
        state="queued", steps=[], snapshot_hash="", model=None
    )
    jobs.Job.objects.filter(pk=started.job_id).update(state="queued", cursor={})
    ModelVersion.objects.all().delete()
    run(str(started.job_id))
    assert made(reviewed.project) == killed


def test_a_fitted_model_is_not_fitted_again(
    reviewed: Reviewed, monkeypatch: pytest.MonkeyPatch
) -> None:
    reviewed.review(60)
    started = round_start(project_id=reviewed.project.id, send=False)
    killed_in(monkeypatch, started, "train", "after")
    monkeypatch.setattr("mlbackend.train.recipes.linear.fit", None)
    run(str(started.job_id))
    started.refresh_from_db()
    assert (started.state, started.decision) == ("done", "promoted"), started.reason
    assert not round_work.folder_of(started).exists()


def test_what_made_a_model_can_be_read_off(reviewed: Reviewed, second_video: Reviewed) -> None:
    reviewed.review(60)
    Video.objects.filter(pk=second_video.video.pk).update(split="hold-out")
    second_video.review(40)
    first = finished(reviewed.project, params={"seed": 7})
    version = api.project(reviewed.project.id).schema_version
    assert (first.seed, first.schema_version, first.parent) == (7, version, None)
    assert first.code["libraries"]["scikit-learn"] and len(first.code["lock"]) == 64
    assert first.effort["labels"] == 100
    used = UsedVideo.objects.filter(round=first).values_list("video_id", "use")
    assert set(used) == {(reviewed.video.id, "train"), (second_video.video.id, "hold-out")}
    manifest = json.loads((first.model.file_path.parent / "manifest.json").read_text())
    assert (manifest["seed"], manifest["schema_version"]) == (7, version)
    assert (manifest["code"], manifest["snapshot_hash"]) == (first.code, first.snapshot_hash)
    digests = {step["name"]: step["digest"] for step in first.steps}
    assert digests["snapshot"] == first.snapshot_hash
    assert digests["queue"] == first.queue_hash != ""


def test_a_commit_that_is_told_is_believed(settings: Any) -> None:
    from mlbackend.train import provenance

    settings.CODE_COMMIT = "abc123"
    provenance.code.cache_clear()
    assert (provenance.code()["commit"], provenance.code()["changed"]) == ("abc123", False)
    settings.CODE_COMMIT, settings.BASE_DIR = "", "/nowhere"
    provenance.code.cache_clear()
    assert provenance.code()["commit"] == ""
    provenance.code.cache_clear()


def test_a_person_decides_where_the_project_says_so(reviewed: Reviewed) -> None:
    api.settings_change(reviewed.project.id, {"loop": {"promote_by": "person"}})
    reviewed.review(60)
    done = finished(reviewed.project)
    assert (done.state, done.decision, done.model.status) == ("done", "candidate", "candidate")
    assert done.reason.startswith("It is better and waits for a person")
    assert not Run.objects.exists()
    round_promote(done, send=False)
    round_promote(done, send=False)
    done.refresh_from_db()
    assert (done.decision, ModelVersion.objects.get().status) == ("promoted", "champion")
    (job_id,) = api.active(reviewed.project.id, "train")
    run(job_id)
    assert api.job_value(job_id).state == "done"
    assert Run.objects.count() == 1


def test_what_a_killed_worker_owed_after_a_promotion_is_done_once(
    reviewed: Reviewed, monkeypatch: pytest.MonkeyPatch
) -> None:
    reviewed.review(60)
    done = finished(reviewed.project)
    Run.objects.all().delete()
    round_promote(done, send=False)
    (job_id,) = api.active(reviewed.project.id, "train")
    with monkeypatch.context() as patched:

        def killed(*args: Any) -> None:
            raise Killed

        patched.setattr("mlbackend.select.services.queue_rebuild", killed)
        with pytest.raises(Killed):
            run(job_id)
    revision = api.project(reviewed.project.id).revision
    jobs.Job.objects.filter(pk=job_id).update(state="queued", owner="")
    run(job_id)
    assert api.job_value(job_id).state == "done"
    assert (Run.objects.count(), api.project(reviewed.project.id).revision) == (1, revision)


def test_a_failing_follower_is_said_and_undoes_nothing(
    reviewed: Reviewed, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("mlbackend.propose.services.actions_propose", None)
    reviewed.review(60)
    done = finished(reviewed.project)
    assert (done.state, done.decision) == ("done", "promoted")
    assert "The step propose did not end well" in done.reason
    assert done.queue_hash


@pytest.mark.parametrize("step", ["snapshot", "train", "compare"])
def test_a_label_retired_meanwhile_is_not_answered_by_a_champion(
    reviewed: Reviewed, monkeypatch: pytest.MonkeyPatch, step: str
) -> None:
    from django.utils import timezone

    reviewed.review(60)
    run_label = Label.objects.filter(pk=reviewed.labels["run"])
    meanwhile(monkeypatch, step, lambda: run_label.update(retired_at=timezone.now()))
    done = finished(reviewed.project)
    assert (done.state, done.decision, done.model.status) == ("done", "kept", "candidate")
    assert "the labels changed, and it answers run" in done.reason
    assert "Start another round" in done.reason
    assert api.job_value(str(done.job_id)).result["promoted"] is False


@pytest.mark.parametrize("change", ["renamed", "added", "never shown retired"])
def test_a_label_change_that_leaves_its_answers_true_does_not_matter(
    reviewed: Reviewed, monkeypatch: pytest.MonkeyPatch, change: str
) -> None:
    from django.utils import timezone

    reviewed.review(60)

    def changed() -> None:
        labels = Label.objects.filter(project=reviewed.project)
        if change == "renamed":
            labels.filter(name="run").update(name="sprint")
        elif change == "added":
            Label.objects.create(project=reviewed.project, kind="action", name="jump")
        else:
            labels.filter(name="wave").update(retired_at=timezone.now())

    meanwhile(monkeypatch, "train", changed)
    assert finished(reviewed.project).decision == "promoted"


def test_a_video_held_out_meanwhile_stops_the_round(
    reviewed: Reviewed, monkeypatch: pytest.MonkeyPatch
) -> None:
    reviewed.review(60)
    videos = Video.objects.filter(pk=reviewed.video.pk)
    meanwhile(monkeypatch, "snapshot", lambda: videos.update(split="hold-out"))
    done = finished(reviewed.project)
    assert done.state == "failed"
    assert "became part of the hold-out meanwhile" in done.reason
    assert not ModelVersion.objects.exists() and not UsedVideo.objects.exists()


def test_a_video_deleted_meanwhile_is_left_out(
    reviewed: Reviewed, second_video: Reviewed, monkeypatch: pytest.MonkeyPatch
) -> None:
    reviewed.review(60)
    second_video.review(40)
    meanwhile(monkeypatch, "snapshot", lambda: video_delete(video=second_video.video))
    done = finished(reviewed.project)
    assert (done.state, done.decision) == ("done", "promoted"), done.reason
    assert set(done.used_videos.values_list("video_id", flat=True)) == {reviewed.video.id}


@pytest.mark.parametrize("which", ["train", "compare"])
def test_a_video_deleted_in_the_middle_ends_the_round_with_a_reason(
    reviewed: Reviewed, second_video: Reviewed, monkeypatch: pytest.MonkeyPatch, which: str
) -> None:
    reviewed.review(60)
    second_video.review(40)
    place = {
        "train": (round_work, "visible"),
        "compare": (record, "write"),
    }[which]
    before = getattr(*place)

    def deleting(*args: Any) -> Any:
        found = before(*args) if which == "train" else None
        if Video.objects.filter(pk=second_video.video.pk).exists():
            video_delete(video=second_video.video)
        return found or before(*args)

    monkeypatch.setattr(*place, deleting)
    started = finished(reviewed.project)
    assert started.state == "failed" and "There is no video" in started.reason
    jobs.resume(str(started.job_id))
    run(str(started.job_id))
    started.refresh_from_db()
    assert (started.state, started.decision) == ("done", "promoted"), started.reason


def test_a_hold_out_that_goes_in_the_middle_is_not_replaced_by_what_was_learned_from(
    reviewed: Reviewed, second_video: Reviewed, monkeypatch: pytest.MonkeyPatch
) -> None:
    Video.objects.filter(pk=second_video.video.pk).update(split="hold-out")
    reviewed.review(60)
    second_video.review(40)
    wish = {"params": {"seed": 3}}
    started = round_start(project_id=reviewed.project.id, send=False, wish=wish)
    killed_in(monkeypatch, started, "train", "after")
    video_delete(video=second_video.video)
    run(str(started.job_id))
    started.refresh_from_db()
    assert started.evaluated_on == "reserved tubes"
    again = finished(reviewed.project, **wish)
    sums = [row.model.manifest["weights_sha256"] for row in (started, again)]
    assert sums[0] == sums[1], "it was fitted anew, without the tubes that measure it now"


def test_labels_all_alike_teach_nothing_and_that_is_said(reviewed: Reviewed) -> None:
    reviewed.tubes = [tube for tube in reviewed.tubes if reviewed.runs(tube)]
    reviewed.runs = lambda tube_id: True  # type: ignore[method-assign]
    reviewed.review(30)
    failed = finished(reviewed.project)
    assert failed.state == "failed"
    assert "too little to train on" in failed.reason and "run: " in failed.reason
    assert not ModelVersion.objects.exists()


def test_a_class_with_one_example_does_not_stop_the_others(reviewed: Reviewed) -> None:
    from tests.mlbackend.annotating import commit, review_operations

    reviewed.review(60)
    every = [reviewed.labels[name] for name in ("run", "walk", "wave")]
    shown = [(reviewed.labels["wave"], 0, 24)]
    tube_id = next(t for t in reviewed.tubes if t not in reviewed.done)
    commit(reviewed.video, review_operations(tube_id, shown, every, 24))
    done = finished(reviewed.project)
    assert (done.state, done.decision) == ("done", "promoted"), done.reason


def test_a_project_whose_features_cannot_be_had_says_so(
    reviewed: Reviewed, tmp_path: Any, settings: Any
) -> None:
    settings.HOME_DIRS = {**settings.HOME_DIRS, "features": tmp_path}
    reviewed.review(60)
    failed = finished(reviewed.project)
    assert failed.state == "failed"
    assert "features of yard.mp4 are not kept, and its file cannot be read" in failed.reason
    assert not ModelVersion.objects.exists()


def test_one_hold_out_video_decides_nothing(reviewed: Reviewed, second_video: Reviewed) -> None:
    reviewed.review(60)
    Video.objects.filter(pk=second_video.video.pk).update(split="hold-out")
    second_video.review(40)
    done = finished(reviewed.project)
    assert (done.state, done.decision, done.model.status) == ("done", "undecided", "candidate")
    assert services.round_promote(done, send=False).decision == "promoted"
