import io
import zipfile

import pytest

from labeling.export import tasks
from labeling.models import Export, Job
from tests.labeling.export.test_export import ROWS

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("home")]


@pytest.fixture
def ask(as_user, project):
    def post(user, **sent):
        return as_user(user).post(f"/api/projects/{project.id}/exports", sent, format="json")

    return post


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


def test_the_list_says_of_when_an_export_is(ask, as_user, owner, project, annotated):
    moment = "2025-03-31T18:00:00Z"
    for asked in ({"as_of": moment}, {"changed_since": moment}, {"format": "tubelab"}):
        assert ask(owner, **asked).status_code == 202
    listed = as_user(owner).get(f"/api/projects/{project.id}/exports").json()
    said = {(each["format"], each["as_of"], each["changed_since"]) for each in listed}
    written = "2025-03-31T18:00:00+00:00"
    assert said == {("ava", written, None), ("ava", None, written), ("tubelab", None, None)}


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


@pytest.mark.parametrize("sent", [{"format": "fax"}, {"state": "none"}, {"rate_hz": 0}])
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
