"""Imports by address: upload, trial, the same files again, and what stops them."""

import json
import os
import time

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile

from labeling import jobs, revisions
from labeling.export import import_jobs, tasks
from labeling.export.import_compare import Comparison
from labeling.models import Job, Revision, TubeRow
from tests.labeling.export.test_export import ROWS

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("home")]

COUNTS = {"new": 0, "changed": 0, "unchanged": 0, "removed": 0, "conflict": 0}


@pytest.fixture
def send(as_user, project):
    def post(user, text=ROWS, name="labels.csv", **sent):
        files = {} if text is None else {"file": SimpleUploadedFile(name, text.encode())}
        return as_user(user).post(f"/api/projects/{project.id}/imports", {**files, **sent})

    return post


def imported(answer):
    assert answer.status_code == 202, answer.json()
    tasks.run_import(answer.json()["id"])
    return Job.objects.get(pk=answer.json()["id"])


def test_a_file_is_checked_and_then_merged(send, owner, video, home):
    tried = imported(send(owner, mode="dry-run"))
    assert (tried.state, tried.result["tubes"]["new"]) == ("done", 2)
    assert not Revision.objects.exists()
    done = imported(send(owner, mode="merge"))
    assert done.result["spans"]["new"] == 3
    revision = Revision.objects.get()
    assert (revision.author, revision.note) == (owner, "merge of labels.csv")
    assert len(list((home / "imports").iterdir())) == 1


def test_the_report_says_everything(send, owner, video, labels):
    done = imported(send(owner, ROWS + "away,0001,0.1,0.1,0.3,0.5,14,1\n", mode="merge"))
    report = done.result
    assert (report["mode"], report["format"], report["rows"], report["revision"]) == (
        "merge", "ava", 11, 1,
    )  # fmt: skip
    assert report["videos"] == {
        "yard.mp4": {
            "id": str(video.id), "tubes": COUNTS | {"new": 2}, "spans": COUNTS | {"new": 3},
            "conflicts": [], "revision": 1,
        }
    }  # fmt: skip
    assert (report["tubes"], report["spans"]) == (COUNTS | {"new": 2}, COUNTS | {"new": 3})
    assert report["videos_total"] == 1
    assert report["labels"][0] == {
        "name": "10", "kind": "action", "count": 3, "action": "match", "label_id": labels["run"],
        "label": "run", "suggestions": [],
    }  # fmt: skip
    assert (report["unknown_videos"], report["unknown_videos_total"]) == (["away"], 1)
    assert (report["errors"], report["error_count"]) == ([], 0)
    assert report["created_labels"] == report["unknown_labels"] == []
    assert any("counts as reviewed" in text for text in report["assumptions"])


def test_a_trial_is_applied_without_sending_the_file_again(send, owner, video, home):
    tried = imported(send(owner))
    done = imported(send(owner, None, from_job=str(tried.id), mode="merge"))
    assert done.result["tubes"]["new"] == 2
    assert Revision.objects.get().note == "merge of labels.csv"
    assert [p.name for p in (home / "imports").iterdir()] == [tried.params["folder"]]


def test_files_of_an_applied_or_old_import_are_gone(send, owner, video, home):
    done = imported(send(owner, mode="merge"))
    answer = send(owner, None, from_job=str(done.id))
    assert (answer.status_code, answer.json()["code"]) == (400, "no_such_file")
    tried = imported(send(owner))
    folder = home / "imports" / tried.params["folder"]
    old = time.time() - import_jobs.KEPT_S - 1
    os.utime(folder, (old, old))
    assert import_jobs.imports_sweep() == 1
    assert send(owner, None, from_job=str(tried.id)).status_code == 400
    assert list((home / "imports").iterdir()) == []


def test_a_file_of_another_project_is_not_used(send, owner, video, as_user):
    from labeling.teams.services import project_create

    tried = imported(send(owner))
    other = project_create(name="Other", owner=owner)
    answer = as_user(owner).post(f"/api/projects/{other.id}/imports", {"from_job": str(tried.id)})
    assert (answer.status_code, answer.json()["code"]) == (400, "no_such_file")


def test_a_file_too_large_is_refused(send, owner, video, settings, home):
    settings.IMPORT_MAX_BYTES = 100
    answer = send(owner)
    assert (answer.status_code, answer.json()["code"]) == (400, "too_large")
    assert not Job.objects.exists() and list((home / "imports").iterdir()) == []


def test_a_bad_row_is_in_the_report_and_stops_a_merge(send, owner, video):
    text = ROWS + "yard,0004,0.1,0.1,0.3,0.5,14\nyard,x,0.1,0.1,0.3,0.5,14,1\n"
    tried = imported(send(owner, text, mode="dry-run"))
    reason = "column 2, the timestamp, is not a number of seconds: 'x'"
    assert tried.result["errors"] == [
        {"file": "labels.csv", "row": 12, "column": "timestamp", "reason": reason}
    ]
    failed = imported(send(owner, None, from_job=str(tried.id), mode="merge"))
    assert (failed.state, failed.error["code"]) == ("failed", "bad_rows")
    assert "labels.csv, row 12" in failed.error["message"]
    assert failed.error["detail"]["errors"] == tried.result["errors"]
    assert not Revision.objects.exists()
    skipped = imported(send(owner, text, mode="merge", skip_bad_rows="true"))
    assert skipped.result["tubes"]["new"] == 3


def test_a_label_map_may_come_along(send, owner, video):
    text = 'item {\n  name: "stroll"\n  id: 14\n}\nitem {\n  name: "wave"\n  id: 69\n}\n' \
           'item {\n  name: "run"\n  id: 10\n}\n'  # fmt: skip
    labels = SimpleUploadedFile("map.pbtxt", text.encode())
    done = imported(send(owner, labels=labels, mode="merge"))
    assert "'stroll' in the label map and 'walk' in the project" in done.result["assumptions"][0]


def test_labels_are_mapped_and_left_out(send, owner, video, labels):
    mapping = json.dumps({"14": "Run", "69": "", "10": "hop"})
    done = imported(send(owner, mapping=mapping, mode="merge"))
    said = {x["name"]: (x["action"], x["label"]) for x in done.result["labels"]}
    assert said == {"14": ("match", "run"), "69": ("leave out", None), "10": ("create", "hop")}
    assert done.result["created_labels"] == ["hop"]
    assert done.result["spans"]["new"] == 2


@pytest.mark.parametrize(
    "sent",
    [
        {"mode": "overwrite"}, {"format": "fax"}, {"mapping": "[1]"}, {"mapping": "{"},
        {"frame_rate": "0"}, {"frame_rate": "x"}, {"text": None},
    ],
)  # fmt: skip
def test_what_cannot_be_imported_is_said(send, owner, video, sent):
    answer = send(owner, **sent)
    assert answer.status_code == 400
    assert answer.json()["message"]
    assert not Job.objects.exists()


def test_only_managers_import(send, teammate, stranger, video):
    assert send(teammate).status_code == 403
    assert send(stranger).status_code == 404
    assert not Job.objects.exists()


def test_an_empty_file_is_named(send, owner, video):
    failed = imported(send(owner, "", mode="merge"))
    assert failed.error["message"] == "labels.csv has no rows."


def test_an_import_whose_worker_died_at_the_end_is_done_once(send, owner, video, monkeypatch):
    job_id = send(owner, mode="merge").json()["id"]

    def die(*args):
        raise KeyboardInterrupt

    with monkeypatch.context() as patch:
        patch.setattr(jobs, "job_done", die)
        with pytest.raises(KeyboardInterrupt):
            tasks.run_import(job_id)
    Job.objects.filter(pk=job_id).update(state="queued", owner="")
    tasks.run_import(job_id)
    job = Job.objects.get(pk=job_id)
    assert job.state == "done"
    assert (job.result["revision"], job.result["videos"]["yard.mp4"]["revision"]) == (1, 1)
    assert Revision.objects.count() == 1


def test_two_workers_on_one_import_add_its_boxes_once(send, owner, video, monkeypatch):
    """The second worker has compared before the first one wrote."""
    rows = "".join(line.rsplit(",", 1)[0] + "\n" for line in ROWS.splitlines())
    job_id = send(owner, rows, mode="merge").json()["id"]
    committed = []

    commit_many = revisions.commit_many

    def commit(entries, **fields):
        entries = list(entries)
        committed.extend(commit_many(entries=entries, **fields) for _ in range(2))
        return committed[-1]

    with monkeypatch.context() as patch:
        patch.setattr(revisions, "commit_many", commit)
        tasks.run_import(job_id)
    assert committed == [1, 1]
    assert Revision.objects.count() == 1
    assert TubeRow.objects.count() == 9


def test_a_cancelled_import_writes_nothing(send, owner, video, monkeypatch):
    job_id = send(owner, mode="merge").json()["id"]
    monkeypatch.setattr(jobs, "REPORT_EVERY_S", 0)
    progress = jobs.job_progress

    def cancel_while_writing(job, worker, fraction, message):
        if message.startswith("Writing"):
            jobs.cancel(job)
        progress(job, worker, fraction, message)

    monkeypatch.setattr(jobs, "job_progress", cancel_while_writing)
    tasks.run_import(job_id)
    assert Job.objects.get(pk=job_id).state == "cancelled"
    assert not Revision.objects.exists() and not TubeRow.objects.exists()


@pytest.mark.parametrize("mode", ["dry-run", "merge"])
def test_who_cancels_while_one_long_video_is_compared_is_heard(
    mode, send, owner, video, monkeypatch
):
    job_id = send(owner, mode=mode).json()["id"]
    monkeypatch.setattr(jobs, "REPORT_EVERY_S", 0)
    compare = Comparison.video

    def cancelled_meanwhile(*args):
        jobs.cancel(job_id)
        return compare(*args)

    monkeypatch.setattr(Comparison, "video", cancelled_meanwhile)
    tasks.run_import(job_id)
    assert Job.objects.get(pk=job_id).state == "cancelled"
    assert not Revision.objects.exists()


def test_a_trial_of_replacing_tells_what_would_go(send, owner, video):
    imported(send(owner, mode="merge"))
    less = "".join(line for line in ROWS.splitlines(keepends=True) if line.strip().endswith(",1"))
    merging = imported(send(owner, less)).result["tubes"]
    tried = imported(send(owner, less, dry_run_of="replace")).result
    assert (merging["removed"], tried["tubes"]["removed"]) == (0, 1)
    assert (tried["mode"], tried["revision"]) == ("dry-run", None)
    assert TubeRow.objects.count() == 2
    done = imported(send(owner, less, mode="replace")).result
    assert (done["tubes"], done["spans"]) == (tried["tubes"], tried["spans"])
    assert TubeRow.objects.count() == 1


def test_a_long_name_in_any_script_is_kept(send, owner, video):
    done = imported(send(owner, mode="merge", name="視頻" * 60 + ".csv"))
    assert done.state == "done"


def test_a_sweep_passes_over_what_another_took_away(home, monkeypatch):
    gone = home / "imports" / "gone"
    monkeypatch.setattr(type(home), "iterdir", lambda folder: iter([gone]))
    assert import_jobs.imports_sweep() == 0
