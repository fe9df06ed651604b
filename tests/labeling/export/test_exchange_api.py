import io
import zipfile

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile

from labeling import jobs
from labeling.export import imports, tasks
from labeling.models import Export, Job, Revision, TubeRow
from tests.labeling.export.test_export import ROWS

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("home")]


@pytest.fixture
def ask(as_user, project):
    def post(user, **sent):
        return as_user(user).post(f"/api/projects/{project.id}/exports", sent, format="json")

    return post


@pytest.fixture
def send(as_user, project):
    def post(user, text=ROWS, **sent):
        files = {"file": SimpleUploadedFile("labels.csv", text.encode())}
        return as_user(user).post(f"/api/projects/{project.id}/imports", {**files, **sent})

    return post


def imported(answer):
    tasks.run_import(answer.json()["id"])
    return Job.objects.get(pk=answer.json()["id"])


def test_an_export_is_made_and_downloaded(ask, as_user, owner, teammate, project, annotated):
    made = ask(owner, format="ava", state="reviewed")
    assert (made.status_code, made.json()["download_url"]) == (202, None)
    tasks.run_export(made.json()["job_id"])
    (listed,) = as_user(teammate).get(f"/api/projects/{project.id}/exports").json()
    assert (listed["id"], listed["counts"]["rows"]) == (made.json()["id"], 10)
    answer = as_user(teammate).get(listed["download_url"])
    assert "yard-ava-reviewed-" in answer["Content-Disposition"]
    archive = zipfile.ZipFile(io.BytesIO(b"".join(answer.streaming_content)))
    assert archive.read("ava_reviewed.csv").decode() == ROWS
    assert Job.objects.get(pk=listed["job_id"]).result["snapshot_hash"] == listed["snapshot_hash"]


def test_equal_labels_give_equal_archives(ask, owner, annotated, home):
    for _ in range(2):
        tasks.run_export(ask(owner).json()["job_id"])
    first, second = (path.read_bytes() for path in (home / "exports").glob("*.zip"))
    assert first == second
    assert len(list((home / "exports").iterdir())) == 2


def test_an_unfinished_export_cannot_be_downloaded(ask, as_user, owner, annotated):
    made = ask(owner).json()
    answer = as_user(owner).get(f"/api/exports/{made['id']}/download")
    assert (answer.status_code, "no archive yet" in answer.json()["message"]) == (404, True)


@pytest.mark.parametrize("sent", [{"format": "mot"}, {"state": "none"}, {"rate_hz": 0}])
def test_what_cannot_be_exported_is_said(ask, owner, annotated, sent):
    assert ask(owner, **sent).status_code == 400
    assert not Job.objects.exists()


def test_strangers_neither_export_nor_download(ask, as_user, owner, stranger, project, annotated):
    made = ask(owner).json()
    tasks.run_export(made["job_id"])
    assert ask(stranger).status_code == 404
    client = as_user(stranger)
    assert client.get(f"/api/projects/{project.id}/exports").status_code == 404
    assert client.get(f"/api/exports/{made['id']}/download").status_code == 404


def test_a_longer_list_needs_no_more_queries(
    ask, as_user, owner, project, annotated, django_assert_num_queries
):
    path = f"/api/projects/{project.id}/exports"
    for expected in (1, 5):
        while Export.objects.count() < expected:
            ask(owner)
        client = as_user(owner)
        with django_assert_num_queries(5):
            assert len(client.get(path).json()) == expected


def test_a_file_is_checked_and_then_merged(send, owner, video, home):
    tried = imported(send(owner, mode="dry-run"))
    assert (tried.state, tried.result["tubes"]["new"]) == ("done", 2)
    assert not Revision.objects.exists()
    done = imported(send(owner, mode="merge"))
    assert done.result["spans"]["new"] == 3
    revision = Revision.objects.get()
    assert (revision.author, revision.note) == (owner, "merge of labels.csv")
    assert list((home / "imports").iterdir()) == []


def test_a_bad_row_is_in_the_report_and_stops_a_merge(send, owner, video, home):
    text = ROWS + "yard,0004,0.1,0.1,0.3,0.5,14\nyard,x,0.1,0.1,0.3,0.5,14,1\n"
    tried = imported(send(owner, text, mode="dry-run"))
    assert tried.result["errors"] == [
        {"row": 12, "reason": "column 2, the timestamp, is not a number of seconds: 'x'"}
    ]
    failed = imported(send(owner, text, mode="merge"))
    assert (failed.state, failed.error["code"]) == ("failed", "bad_rows")
    assert "labels.csv, row 12" in failed.error["message"]
    assert failed.error["detail"]["errors"] == tried.result["errors"]
    assert not Revision.objects.exists()
    assert list((home / "imports").iterdir()) == []
    skipped = imported(send(owner, text, mode="merge", skip_bad_rows="true"))
    assert skipped.result["tubes"]["new"] == 3


def test_a_label_map_may_come_along(send, owner, video):
    text = 'item {\n  name: "stroll"\n  id: 14\n}\nitem {\n  name: "wave"\n  id: 69\n}\n' \
           'item {\n  name: "run"\n  id: 10\n}\n'  # fmt: skip
    labels = SimpleUploadedFile("map.pbtxt", text.encode())
    done = imported(send(owner, labels=labels, mode="merge"))
    assert "'stroll' in the label map and 'walk' in the project" in done.result["assumptions"][0]


@pytest.mark.parametrize("sent", [{"mode": "overwrite"}, {"format": "mot"}])
def test_what_cannot_be_imported_is_said(send, owner, video, sent):
    assert send(owner, **sent).status_code == 400


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
    assert Job.objects.get(pk=job_id).state == "done"
    assert Revision.objects.count() == 1


def test_two_workers_on_one_import_add_its_boxes_once(send, owner, video, monkeypatch):
    """Without person ids nothing but the commit's id tells that the rows are there already."""
    commit = imports._commit
    monkeypatch.setattr(imports, "_commit", lambda *args: commit(*args) and commit(*args))
    rows = "".join(line.rsplit(",", 1)[0] + "\n" for line in ROWS.splitlines())
    assert imported(send(owner, rows, mode="merge")).state == "done"
    assert Revision.objects.count() == 1
    assert TubeRow.objects.count() == 9
