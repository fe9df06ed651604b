"""A project in the middle of its work: proposals reviewed, and a queue of those that wait."""

import pytest

from mlbackend.loop_settings import LoopSettings
from mlbackend.models import QueueItem, Run
from mlbackend.select.services import item_insert
from mlbackend.select.viewing import Question, QuestionKind
from tests.mlbackend.annotating import commit, propose_tubes, uid

REASON = "hesitates between walk and run"


@pytest.fixture
def loop(project):
    """`loop(planted_share=…)` sets the project's loop."""

    def change(**values):
        settings = LoopSettings.of(project.settings).changed(values).as_dict()
        project.settings = {**project.settings, "loop": settings}
        project.save(update_fields=["settings"])

    return change


@pytest.fixture
def queued(project, video):
    """Ten proposed tubes with scores, all in the queue; their ids in order."""
    Run.objects.create(id=uid("run"), project=project, video=video, detector="hog")
    tube_ids = propose_tubes(video, 10)
    for rank, tube_id in enumerate(tube_ids):
        item_insert(
            project_id=project.id, video_id=video.id, rank=rank, slice="chosen",
            questions=[Question(QuestionKind.ACTIONS, REASON)], tube_id=tube_id,
            tube_number=rank + 1, score=0.5, asked_by={"acquisition": "margin", "seed": 3},
        )  # fmt: skip
    return tube_ids


@pytest.fixture
def reviewed(video):
    """Somebody said that nobody is missing on the frames 20 to 89 of the video."""
    covered = {"id": uid("reviewed"), "tube_id": None, "start_frame": 20, "end_frame": 90}
    covered["label_ids"] = [label.id for label in video.project.labels.all()]
    commit(video, [{"op": "coverage_add", "coverage": covered}])
    return 20, 90


@pytest.fixture
def answered(project, video):
    """`answered(person, n, **fields)` makes n answered items of that person."""

    def make(person, n, **fields):
        values = {
            "slice": "chosen", "answer": "accepted", "seconds": 5.0, "state": "done",
            "answer_detail": {"length_s": 4.0}, **fields,
        }  # fmt: skip
        return [
            QueueItem.objects.create(
                project=project, video_id=video.id, tube_id=uid("answered", person.pk, i, fields),
                done_by=person, done_at=video.created_at, **values,
            )
            for i in range(n)
        ]  # fmt: skip

    return make
