"""A killed export goes on behind its last finished video, and gives the same bytes.

tests/services/test_killed_export.py kills a real process.
"""

import os
import zipfile
from datetime import timedelta

import pytest
from django.utils import timezone

from labeling import jobs
from labeling.domain.errors import JobCancelled
from labeling.export import making, services, tasks
from labeling.models import Export, Job, Video
from labeling.models.job import JobState
from tests.labeling.export.conftest import Annotator

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.usefixtures("home")]

VIDEOS = 4


@pytest.fixture
def street(annotated, project, monkeypatch):
    """Four videos with somebody in each; every finished one is recorded at once."""
    monkeypatch.setattr(tasks, "_REPORT_EVERY_S", 0.0)
    for number in range(1, VIDEOS):
        video = Video(
            project=project, name=f"street {number}.mp4", state="ready", width=640, height=360,
            sha256=f"{number}" * 64, split="val" if number % 2 else "train",
        )  # fmt: skip
        video.set_timebase(annotated.video.timebase())
        video.save()
        hand = Annotator(video, annotated.labels)
        hand.span(hand.tube(0, 20 * number), "run", 0, 20 * number + 1)
    return project


def begun(project, format_name="ava", **params):
    return services.export_create(
        project=project, format_name=format_name, params=params, user_id=None
    )


def read_from(monkeypatch):
    """Notes which videos are read from the snapshot from now on."""
    read = []
    plain = making.snapshots.video_at

    def noted(digest, place):
        found = plain(digest, place)
        read.append(found["name"])
        return found

    monkeypatch.setattr(making.snapshots, "video_at", noted)
    return read


class Killed(BaseException):
    """Passes all that records how a job ends, as a killed process does."""


def killed_behind(export, video_number):
    """Run the export until it comes to this video."""
    reading, seen = making.snapshots.video_at, []

    def dying(digest, place):
        seen.append(place)
        if len(seen) > video_number:
            raise Killed
        return reading(digest, place)

    with pytest.MonkeyPatch.context() as patch, pytest.raises(Killed):
        patch.setattr(making.snapshots, "video_at", dying)
        tasks.run_export(str(export.job_id))


def given_away(export):
    """What the sweep does with the job of a worker that is gone."""
    Job.objects.filter(pk=export.job_id).update(state=JobState.QUEUED, owner="")


def archive_of(export):
    export.refresh_from_db()
    with zipfile.ZipFile(services.settings.HOME_DIRS["exports"] / export.path) as file:
        return {name: file.read(name) for name in file.namelist()}


@pytest.mark.parametrize("format_name", ["ava", "ava-kinetics", "tubelab"])
@pytest.mark.parametrize("finished", [1, 3])
def test_it_goes_on_behind_the_last_finished_video(street, monkeypatch, format_name, finished):
    whole = begun(street, format_name)
    tasks.run_export(str(whole.job_id))
    export = begun(street, format_name)
    killed_behind(export, finished)
    cursor = Job.objects.get(pk=export.job_id).cursor
    assert cursor["done"] == finished
    assert jobs.job_value(str(export.job_id)).state == "running"
    given_away(export)
    read = read_from(monkeypatch)
    tasks.run_export(str(export.job_id))
    assert len(read) == VIDEOS - finished
    assert archive_of(export) == archive_of(whole)
    home = services.settings.HOME_DIRS["exports"]
    assert {p.name for p in home.iterdir()} == {f"{export.id}.zip", f"{whole.id}.zip"}
    assert (home / f"{export.id}.zip").read_bytes() == (home / f"{whole.id}.zip").read_bytes()


def test_it_keeps_to_what_was_said_when_it_began(street, annotated):
    whole = begun(street)
    tasks.run_export(str(whole.job_id))
    export = begun(street)
    killed_behind(export, 2)
    annotated.span(annotated.tube(80, 90), "run", 80, 91)
    given_away(export)
    tasks.run_export(str(export.job_id))
    assert archive_of(export) == archive_of(whole)


def test_half_a_video_behind_the_last_finished_one_is_cut_off(street):
    whole, export = begun(street), begun(street)
    tasks.run_export(str(whole.job_id))
    killed_behind(export, 2)
    (work,) = services.settings.HOME_DIRS["exports"].glob(".*.work")
    for path in (work / "files").iterdir():
        with path.open("a") as file:
            file.write("half a li")
    given_away(export)
    tasks.run_export(str(export.job_id))
    assert archive_of(export) == archive_of(whole)


@pytest.mark.parametrize("loss", ["folder", "file", "end", "snapshot"])
def test_what_was_lost_meanwhile_is_made_again(street, loss):
    whole, export = begun(street), begun(street)
    tasks.run_export(str(whole.job_id))
    killed_behind(export, 2)
    (work,) = services.settings.HOME_DIRS["exports"].glob(".*.work")
    if loss == "folder":
        making.shutil.rmtree(work)
    elif loss == "file":
        (work / "files" / "ava_reviewed.csv").unlink()
    elif loss == "end":
        os.truncate(work / "files" / "ava_reviewed.csv", 3)
    else:
        for path in services.settings.HOME_DIRS["snapshots"].iterdir():
            path.unlink()
    given_away(export)
    tasks.run_export(str(export.job_id))
    assert archive_of(export) == archive_of(whole)


def test_a_format_that_is_one_document_is_made_again_from_the_same_snapshot(street, annotated):
    whole, export = begun(street, "cvat"), begun(street, "cvat")
    tasks.run_export(str(whole.job_id))
    killed_behind(export, 2)
    annotated.span(annotated.tube(80, 90), "run", 80, 91)
    given_away(export)
    tasks.run_export(str(export.job_id))
    assert archive_of(export) == archive_of(whole)


def test_a_cancelled_export_leaves_no_archive_and_can_go_on(street, monkeypatch):
    export = begun(street)
    plain = making.snapshots.video_at

    def cancelling(digest, place):
        Job.objects.filter(pk=export.job_id).update(cancel_requested=True)
        return plain(digest, place)

    monkeypatch.setattr(making.snapshots, "video_at", cancelling)
    tasks.run_export(str(export.job_id))
    export.refresh_from_db()
    assert (jobs.job_value(str(export.job_id)).state, export.path) == ("cancelled", "")
    monkeypatch.setattr(making.snapshots, "video_at", plain)
    Job.objects.filter(pk=export.job_id).update(state="queued", cancel_requested=False)
    tasks.run_export(str(export.job_id))
    assert "ava_reviewed.csv" in archive_of(export)


def test_a_lost_job_writes_nothing_more(street, monkeypatch):
    """The sweep gave it to another worker while this one was slow."""
    export = begun(street)
    cursor = {}

    def taken_away(fraction, message, told):
        if told.get("done") == 2:
            raise JobCancelled("The job is no longer this worker's.")

    with pytest.raises(JobCancelled):
        services.export_archive(export=export, cursor=cursor, report=taken_away)
    assert not Export.objects.get(pk=export.pk).path


@pytest.mark.parametrize("when", ["packing", "packed"])
def test_a_job_lost_while_packing_leaves_its_successor_alone(street, home, monkeypatch, when):
    """The first worker stalls and wakes up after another one has got its job."""
    export = begun(street)
    plain, archive = services.archive.zip_folder, home / "exports" / f"{export.id}.zip"
    work = home / "exports" / f".{export.id}.work"

    def lose():
        Job.objects.filter(pk=export.job_id).update(owner="another worker")
        archive.write_bytes(b"the successor's")

    def stalling(*args, **kwargs):
        if when == "packing":
            lose()
        plain(*args, **kwargs)
        if when == "packed":
            lose()

    monkeypatch.setattr(services.archive, "zip_folder", stalling)
    tasks.run_export(str(export.job_id))
    job = Job.objects.get(pk=export.job_id)
    assert (job.state, job.owner) == (JobState.RUNNING, "another worker")
    assert (work / "files" / "manifest.json").is_file()
    assert archive.read_bytes() == b"the successor's"
    monkeypatch.setattr(services.archive, "zip_folder", plain)
    given_away(export)
    tasks.run_export(str(export.job_id))
    assert "manifest.json" in archive_of(export) and not work.exists()


def test_what_a_finished_export_was_made_in_is_deleted_at_once(street, home, monkeypatch):
    export = begun(street)
    with monkeypatch.context() as patch:
        patch.setattr(services, "export_forget_work", lambda export: None)
        tasks.run_export(str(export.job_id))
    work = home / "exports" / f".{export.id}.work"
    assert work.is_dir() and services.exports_sweep() == 1 and not work.exists()
    assert "manifest.json" in archive_of(export)


def test_what_nobody_goes_on_with_is_deleted_after_a_day(street, home):
    export = begun(street)
    killed_behind(export, 2)
    work = home / "exports" / f".{export.id}.work"
    job = Job.objects.filter(pk=export.job_id)
    assert services.exports_sweep() == 0 and work.is_dir()
    job.update(state=JobState.FAILED, finished_at=timezone.now())
    assert services.exports_sweep() == 0 and work.is_dir()
    job.update(finished_at=timezone.now() - timedelta(days=1, seconds=1))
    assert services.exports_sweep() == 1 and not work.exists()


def test_what_a_deleted_export_left_is_deleted(street, home):
    export = begun(street)
    killed_behind(export, 2)
    export.delete()
    assert services.exports_sweep() == 1
    assert list((home / "exports").iterdir()) == []
