"""A project goes with everything in it, however much its labels are in use."""

import uuid

import pytest

from labeling.models import Export, Job, Label, Project, SpanRow, TubeRow, Video
from labeling.teams.services import project_create, project_delete
from tests.mlbackend.annotating import propose_tubes, review_tube

pytestmark = pytest.mark.django_db


def test_a_project_with_annotations_is_deleted(as_user, owner, project, video, labels):
    (tube_id,) = propose_tubes(video, 1)
    review_tube(video, tube_id, [(labels["run"], 0, 20)], [labels["run"]])
    assert as_user(owner).delete(f"/api/projects/{project.id}").status_code == 204
    for model in (Project, Label, TubeRow, SpanRow):
        assert not model.objects.exists()


def test_its_files_go_with_it_unless_another_project_has_them(
    as_user, owner, project, video, settings, tmp_path, django_capture_on_commit_callbacks
):
    settings.HOME_DIRS = {name: tmp_path / name for name in settings.HOME_DIRS}
    own, shared = (settings.HOME_DIRS["media"] / (digit * 64) for digit in "01")
    for folder in (own, shared):
        folder.mkdir(parents=True)
        (folder / "source.mp4").write_bytes(b"picture")
    other = project_create(name="Garden")
    for place in (project, other):
        Video.objects.create(project=place, name="b.mp4", sha256="1" * 64)
    with django_capture_on_commit_callbacks(execute=True):
        assert as_user(owner).delete(f"/api/projects/{project.id}").status_code == 204
    assert (own.exists(), shared.exists()) == (False, True)


def test_what_failed_exports_and_evaluations_left_goes_too(
    project, settings, tmp_path, django_capture_on_commit_callbacks
):
    settings.HOME_DIRS = {name: tmp_path / name for name in settings.HOME_DIRS}
    params = {"evaluation_id": str(uuid.uuid4())}
    job = Job.objects.create(project=project, kind="evaluate", state="failed", params=params)
    export = Export.objects.create(project=project, job=job, format="ava", state="reviewed")
    half = settings.HOME_DIRS["exports"] / f".{export.id}.work"
    predictions = settings.HOME_DIRS["evaluations"] / params["evaluation_id"]
    for path in (half / "files" / "a.csv", predictions):
        path.parent.mkdir(parents=True)
        path.write_text("what people said")
    with django_capture_on_commit_callbacks(execute=True):
        project_delete(project=project)
    assert (half.exists(), predictions.exists()) == (False, False)


def test_a_project_that_is_worked_on_stays(as_user, owner, project, video):
    Job.objects.create(project=project, video=video, kind="propose", state="running")
    assert as_user(owner).delete(f"/api/projects/{project.id}").status_code == 409
    assert Project.objects.filter(pk=project.id).exists()
