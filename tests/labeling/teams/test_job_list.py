"""The list of jobs, which the page reads every few seconds."""

import pytest
from django.contrib.auth import get_user_model

from labeling.models import Job, Project
from labeling.models.job import JobKind, JobState

pytestmark = pytest.mark.django_db
REPORT = {"rows": 3, "mode": "dry-run", "errors": [{"row": 1}], "videos": {"a.mp4": {"id": "x"}}}


def test_a_list_tells_figures_and_the_job_itself_the_whole_report(client):
    client.force_login(get_user_model().objects.create_superuser("ella"))
    project = Project.objects.create(name="Yard", slug="yard")
    job = Job.objects.create(
        project=project, kind=JobKind.IMPORT, state=JobState.DONE, result=REPORT
    )
    waiting = Job.objects.create(project=project, kind=JobKind.IMPORT)
    listed = {row["id"]: row for row in client.get(f"/api/jobs?project={project.id}").json()}
    assert listed[str(job.id)]["result"] == {"rows": 3, "mode": "dry-run"}
    assert listed[str(waiting.id)]["result"] is None
    assert client.get(f"/api/jobs/{job.id}").json()["result"] == REPORT
