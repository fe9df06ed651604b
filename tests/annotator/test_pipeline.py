"""What follows what."""

import uuid

import pytest

from annotator import pipeline
from labeling import jobs
from labeling.models.job import JobKind
from mlbackend.models import QueueItem

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize(("revision", "state"), [(None, "open"), (7, "done")])
def test_an_import_that_changed_something_is_followed_by_a_ranking(revision, state, project, video):
    """The item's tube is gone, as after an import that replaced everything."""
    item = QueueItem.objects.create(project=project, video_id=video.id, tube_id=uuid.uuid4())
    job_id = jobs.job_create(project_id=project.id, kind=JobKind.IMPORT)
    jobs.job_claim(job_id, "me")
    jobs.Job.objects.filter(pk=job_id).update(result={"revision": revision})
    assert jobs.done_handlers[JobKind.IMPORT] == [pipeline.rank_when_imported]
    pipeline.rank_when_imported(jobs.job_value(job_id))
    item.refresh_from_db()
    assert item.state == state
