"""A project goes with everything in it, however much its labels are in use."""

import pytest

from labeling.models import Label, Project, SpanRow, TubeRow
from tests.mlbackend.annotating import propose_tubes, review_tube

pytestmark = pytest.mark.django_db


def test_a_project_with_annotations_is_deleted(as_user, owner, project, video, labels):
    (tube_id,) = propose_tubes(video, 1)
    review_tube(video, tube_id, [(labels["run"], 0, 20)], [labels["run"]])
    assert as_user(owner).delete(f"/api/projects/{project.id}").status_code == 204
    for model in (Project, Label, TubeRow, SpanRow):
        assert not model.objects.exists()
