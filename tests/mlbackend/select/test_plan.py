"""The plan of the queue from the tables: what is asked, what is not, and the same every time."""

import uuid
from typing import Any

import numpy as np
import pytest
from django.utils import timezone

from labeling import api
from labeling.domain.errors import NotFound
from labeling.domain.timebase import Timebase
from labeling.models import Label, Video
from mlbackend.models import ModelVersion, QueueItem
from mlbackend.select.plan import plan_hash, viewings_plan
from mlbackend.select.services import queue_rebuild
from mlbackend.train.holdout import is_reserved
from tests.mlbackend.annotating import commit, keep_features, propose_tubes, review_tube

pytestmark = pytest.mark.django_db


def another_video(project: Any, n: int, split: str = "train") -> Video:
    made = Video(
        project=project, name=f"v{n}.mp4", state="ready", sha256=f"{n:064x}", width=640, height=360,
        split=split,
    )  # fmt: skip
    made.set_timebase(Timebase((1, 10), np.arange(100), 100))
    made.save()
    return made


def propose_segment(video: Any, label_id: int, start: int, end: int, score: float) -> str:
    span_id = str(uuid.uuid4())
    span = {
        "id": span_id, "tube_id": None, "label_id": label_id, "start_frame": start,
        "end_frame": end, "score": score,
    }  # fmt: skip
    api.commit_run(
        video_id=video.id, run_id=str(uuid.uuid4()), operations=[{"op": "span_add", "span": span}]
    )
    return span_id


def test_every_proposed_tube_is_planned_once(project: Any, video: Any) -> None:
    tubes = propose_tubes(video, 30)
    plan = viewings_plan(project.id)
    assert sorted(str(v.tube_id) for v in plan.viewings) == sorted(tubes)
    assert all(v.questions and v.reason for v in plan.viewings)
    assert (plan.model, plan.acquisition) == (None, "detector score")


@pytest.mark.parametrize("split", ["hold-out", "val", "test"])
def test_only_training_videos_are_asked_about(project: Any, video: Any, split: str) -> None:
    kept_out = another_video(project, 1, split)
    propose_tubes(kept_out, 3)
    propose_segment(kept_out, project.labels.get(kind="segment").id, 0, 30, 0.5)
    assert viewings_plan(project.id).viewings == []
    mine = propose_tubes(video, 2)
    assert {v.tube_id for v in viewings_plan(project.id).viewings} == set(mine)


def test_decided_tubes_are_not_asked_about(
    project: Any, video: Any, labels: dict[str, int]
) -> None:
    tubes = propose_tubes(video, 4)
    review_tube(video, tubes[0], [], [labels["run"]])
    commit(video, [{"op": "tube_decide", "tube_id": tubes[1], "decision": "rejected"}])
    asked = {v.tube_id for v in viewings_plan(project.id).viewings if v.kind == "tube"}
    assert asked == set(tubes[2:])


def test_a_segment_is_asked_about_with_its_label(
    project: Any, video: Any, labels: dict[str, int]
) -> None:
    span_id = propose_segment(video, labels["crowded"], 10, 50, 0.55)
    (viewing,) = viewings_plan(project.id).viewings
    assert (viewing.kind, viewing.span_id, viewing.label_id) == (
        "segment", span_id, labels["crowded"],
    )  # fmt: skip
    assert viewing.reason == "'crowded' from 0:01 to 0:05, score 0.55"
    assert queue_rebuild(project.id) == 1
    assert QueueItem.objects.get().span_id == uuid.UUID(span_id)


def test_an_unreviewed_stretch_is_asked_about_once_tubes_are_reviewed(
    project: Any, video: Any, labels: dict[str, int]
) -> None:
    (mine,) = propose_tubes(video, 1)
    review_tube(video, mine, [], [labels["run"]])
    (viewing,) = viewings_plan(project.id).viewings
    assert (viewing.kind, viewing.start_frame, viewing.end_frame) == ("stretch", 0, 100)
    assert [str(question.kind) for question in viewing.questions] == ["missing"]
    assert queue_rebuild(project.id) == 1
    covered = {
        "id": str(uuid.uuid4()), "tube_id": None, "start_frame": 0, "end_frame": 100,
        "label_ids": [labels["run"]],
    }  # fmt: skip
    commit(video, [{"op": "coverage_add", "coverage": covered}])
    assert viewings_plan(project.id).viewings == []


def test_retired_labels_are_not_asked_about(
    project: Any, video: Any, labels: dict[str, int]
) -> None:
    propose_tubes(video, 3)
    propose_segment(video, labels["crowded"], 10, 50, 0.55)
    Label.objects.filter(pk=labels["crowded"]).update(retired_at=timezone.now())
    assert {v.kind for v in viewings_plan(project.id).viewings} == {"tube"}
    Label.objects.filter(project=project, kind="object").update(retired_at=timezone.now())
    assert viewings_plan(project.id).viewings == []


def test_without_actions_it_is_asked_whether_it_is_a_person(project: Any, video: Any) -> None:
    propose_tubes(video, 3)
    Label.objects.filter(project=project, kind="action").update(retired_at=timezone.now())
    asked = {str(v.questions[0].kind) for v in viewings_plan(project.id).viewings}
    assert "actions" not in asked


def test_reserved_tubes_are_brought_by_chance_until_there_is_a_hold_out(
    project: Any, video: Any, labels: dict[str, int]
) -> None:
    propose_tubes(video, 40)
    reserved = {i for i in range(1, 41) if is_reserved(video.sha256, i)}

    def chosen() -> set[int | None]:
        return {v.tube_number for v in viewings_plan(project.id).viewings if v.slice == "chosen"}

    assert reserved and not chosen() & reserved
    measured = another_video(project, 1, "hold-out")
    (one,) = propose_tubes(measured, 1)
    review_tube(measured, one, [], [labels["run"]])
    assert chosen() & reserved


def test_an_empty_project_has_an_empty_plan(project: Any) -> None:
    assert viewings_plan(project.id).viewings == []


def test_no_project_is_said(project: Any) -> None:
    with pytest.raises(NotFound):
        viewings_plan(project.id + 1000)


def test_a_video_deleted_meanwhile_is_asked_about_no_more(
    project: Any, video: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    propose_tubes(video, 3)
    other = another_video(project, 1)
    kept = propose_tubes(other, 2)
    read = api.annotations

    def late(video_id: Any) -> Any:
        Video.objects.filter(pk=video.id).delete()
        return read(video_id)

    monkeypatch.setattr(api, "annotations", late)
    assert {v.tube_id for v in viewings_plan(project.id).viewings} == set(kept)


def test_a_model_that_cannot_be_used_does_not_stand_in_the_way(project: Any, video: Any) -> None:
    propose_tubes(video, 3)
    row = ModelVersion.objects.create(
        project=project, name="round 1", path="gone/weights.npz", status="champion"
    )
    plan = viewings_plan(project.id)
    assert len(plan.viewings) == 3 and plan.model == row


def test_a_setting_that_is_no_function_any_more_does_not_either(project: Any, video: Any) -> None:
    api.settings_change(project.id, {"loop": {"acquisition": "crystal_ball"}})
    propose_tubes(video, 3)
    assert len(viewings_plan(project.id).viewings) == 3


def test_a_project_made_again_has_the_same_plan(project: Any, owner: Any, video: Any) -> None:
    """Ids are others; videos, numbers and what was computed are the same."""
    from labeling.teams import services

    twin = services.project_create(name="Twin", owner=owner)
    for name, ava_id in (("walk", 14), ("run", 10), ("wave", 69)):
        services.label_create(project=twin, kind="action", name=name, ava_id=ava_id)
    services.label_create(project=twin, kind="segment", name="crowded")
    plans = []
    for made, run in ((project, "first"), (twin, "second")):
        for n in (3, 1, 2) if run == "first" else (2, 3, 1):
            one = another_video(made, n)
            tubes = propose_tubes(one, 25, run=f"{run} {n}")
            keep_features(one, {tube: [1.0, -1.0] for tube in tubes}, noise=0.0)
        plans.append(viewings_plan(made.id))
    assert {v.tube_id for v in plans[0].viewings}.isdisjoint(v.tube_id for v in plans[1].viewings)
    assert [v.key for v in plans[0].viewings] == [v.key for v in plans[1].viewings]
    assert plan_hash(plans[0]) == plan_hash(plans[1])
    assert plans[0].acquisition == "k_means_medoids"


def test_the_plan_fits_into_the_queue(project: Any, video: Any) -> None:
    propose_tubes(video, 30)
    assert queue_rebuild(project.id) == 30
    items = list(QueueItem.objects.filter(project=project).order_by("rank"))
    plan = viewings_plan(project.id)
    assert [str(item.tube_id) for item in items] == [v.tube_id for v in plan.viewings]
    assert [item.questions for item in items] == [
        [question.as_dict() for question in v.questions] for v in plan.viewings
    ]
    assert {item.slice for item in items} == {"chosen", "random"}
    assert all(item.asked_by["seed"] == 0 for item in items)
