"""Seconds of answers: where they come from, the line through them, and the order they change."""

import uuid
from datetime import timedelta
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from django.utils import timezone

from labeling import revisions
from labeling.models.revision import Origin
from mlbackend.models import QueueItem
from mlbackend.select.cost import (
    ENOUGH,
    IDLE_S,
    Facts,
    Timed,
    cost_report,
    fitted,
    seconds_in_log,
    timed_answers,
)
from mlbackend.select.plan import planned
from mlbackend.train.learning.answered import acceptance
from tests.mlbackend.annotating import propose_tubes, review_operations
from tests.mlbackend.select.planning import (
    FALL,
    RUN,
    WALK,
    champion,
    keep,
    known,
    labels,
    scene,
    tube,
    waiting_of,
)


def answer(project: Any, kind: str = "tube", **values: Any) -> QueueItem:
    """A closed item."""
    given: dict[str, Any] = {
        "video_id": uuid.uuid4(),
        "state": "done",
        "answer": "accepted",
        "done_at": timezone.now(),
        "seconds": 4.0,
        "questions": [{"kind": "actions", "reason": ""}],
        "asked_by": {"cost": {"length_s": 2.0, "actions": 1, "edits": 0.0}},
    }
    return QueueItem.objects.create(project=project, kind=kind, **(given | values))


@pytest.mark.django_db
def test_what_was_accepted_by_its_score_tells_nothing_of_people(project: Any) -> None:
    answer(project, answer_detail={"length_s": 2.0}, slice="random")
    answer(project, answer_detail={"at_once": True}, seconds=0.1, slice="random")
    assert [one.seconds for one in timed_answers(project.id)] == [4.0]
    found = acceptance(project.id, ("random",))
    assert (found.shown, found.accepted) == (1, 1)


def drawn(n: int, seed: int = 0) -> list[Timed]:
    """Answers whose seconds are 2 · length^0.5 · (1 + edits), with a little noise."""
    rng = np.random.default_rng(seed)
    found = []
    for _ in range(n):
        facts = Facts(
            "tube", float(rng.uniform(1, 30)), int(rng.integers(0, 4)), float(rng.integers(0, 3))
        )
        seconds = 2 * facts.length_s**0.5 * (1 + facts.edits) * np.exp(rng.normal(scale=0.1))
        found.append(Timed("actions", float(seconds), facts))
    return found


def test_the_line_finds_what_made_the_seconds() -> None:
    line = fitted(drawn(400))
    assert line is not None
    asked = [Facts("tube", 4.0, 1, 0.0), Facts("tube", 16.0, 1, 0.0), Facts("tube", 4.0, 1, 2.0)]
    assert line.seconds(asked) == pytest.approx([4.0, 8.0, 12.0], rel=0.08)


def test_there_is_no_line_before_two_hundred_timed_answers() -> None:
    assert ENOUGH == 200
    assert fitted(drawn(199)) is None
    assert fitted(drawn(200)) is not None
    assert fitted([*drawn(199), Timed("actions", 3.0, None)]) is None


def test_answers_all_alike_give_their_own_seconds() -> None:
    line = fitted([Timed("actions", 5.0, Facts("tube", 3.0))] * 200)
    assert line is not None
    assert line.seconds([Facts("tube", 3.0)]) == pytest.approx([5.0])
    assert line.seconds([]).shape == (0,)


def test_no_forecast_is_longer_than_can_be_measured() -> None:
    line = fitted(drawn(300))
    assert line is not None
    assert line.seconds([Facts("tube", 1e9, 10**6, 1e6)])[0] == pytest.approx(IDLE_S)


@pytest.mark.django_db
def test_seconds_by_kind_of_question(project: Any) -> None:
    for seconds in (2.0, 4.0, 9.0):
        answer(project, seconds=seconds)
    answer(project, "segment", questions=[{"kind": "boundary", "reason": ""}], seconds=7.0)
    answer(project, "stretch", questions=[], answer="covered", seconds=30.0)
    report = cost_report(project.id)
    assert report["by_kind"] == [
        {"kind": "actions", "n": 3, "median_s": 4.0, "mean_s": 5.0},
        {"kind": "boundary", "n": 1, "median_s": 7.0, "mean_s": 7.0},
        {"kind": "missing", "n": 1, "median_s": 30.0, "mean_s": 30.0},
    ]
    assert (report["n_timed"], report["needed"], report["ranked_by"]) == (5, 200, "score")
    assert report["seconds"] == 52.0


@pytest.mark.django_db
def test_idle_time_is_cut_off(project: Any) -> None:
    answer(project, seconds=4000.0)
    (actions,) = cost_report(project.id)["by_kind"]
    assert actions["mean_s"] == IDLE_S


@pytest.mark.django_db
def test_the_address(project: Any, as_user: Any, owner: Any) -> None:
    answer(project, seconds=4.0)
    shown = as_user(owner).get(f"/api/projects/{project.id}/queue/cost").json()
    assert shown["by_kind"] == [{"kind": "actions", "n": 1, "median_s": 4.0, "mean_s": 4.0}]


@pytest.mark.django_db
def test_what_nobody_answered_took_no_time(project: Any) -> None:
    answer(project, answer="gone", seconds=5.0)
    answer(project, state="open", answer="", seconds=5.0)
    answer(project, seconds=None)
    assert cost_report(project.id) == {
        "n_timed": 0, "needed": 200, "ranked_by": "score", "seconds": 0, "by_kind": [],
    }  # fmt: skip


@pytest.mark.django_db
def test_where_an_item_has_no_seconds_the_log_knows(
    project: Any, video: Any, labels: dict[str, int], owner: Any
) -> None:
    first, second = propose_tubes(video, 2)
    both = [
        operation
        for tube_id in (first, second)
        for operation in review_operations(tube_id, [(labels["run"], 0, 20)], [labels["run"]], 40)
    ]
    revisions.commit(
        video_id=video.id, operations=both, origin=Origin.HAND, author_id=owner.id, seconds=12.0
    )
    assert seconds_in_log(project.id) == {first: 6.0, second: 6.0}
    answer(project, tube_id=first, video_id=video.id, seconds=None)
    (timed,) = timed_answers(project.id)
    assert timed.seconds == 6.0


@pytest.mark.django_db
def test_facts_come_back_as_they_were_noted(project: Any) -> None:
    early = timezone.now() - timedelta(days=1)
    answer(project, asked_by={}, done_at=early)
    noted = Facts("tube", 2.5, 3, 1.25, blind=True)
    answer(project, blind=True, asked_by={"cost": noted.as_dict()})
    assert [one.facts for one in timed_answers(project.id)] == [None, noted]


def test_with_seconds_known_the_quick_ones_of_the_unsure_come_first(tmp_path: Path) -> None:
    """Equally unsure tubes of 1 and of 40 seconds: what a second tells decides."""
    long = [tube(i, [(0, (i, 9, i + 60, 200)), (400, (i, 9, i + 60, 200))]) for i in range(1, 41)]
    short = [tube(i) for i in range(41, 81)]
    one = scene([*long, *short])
    keep(tmp_path, one, dict.fromkeys(range(1, 81), (0.0, 0.0, 0.0)))
    found = waiting_of([one], labels_of())
    for cost, by in ((None, "score"), (fitted(drawn(300)), "score per second")):
        plan = planned(replaced(known(found, tmp_path, champion(), batch=5), cost))
        chosen = [v for v in plan.viewings[:5] if v.slice == "chosen"]
        assert {v.asked_by["ranked_by"] for v in plan.viewings} == {by}
        if cost is not None:
            assert all(v.tube_number > 40 for v in chosen)  # type: ignore[operator]
            assert all(v.asked_by["seconds"] > 0 for v in plan.viewings)
        else:
            assert all("seconds" not in v.asked_by for v in plan.viewings)


def test_a_sure_tube_is_not_asked_for_being_quick(tmp_path: Path) -> None:
    """Inside the prefilter alone: fifty unsure long tubes come before sure short ones."""
    long = [tube(i, [(0, (i, 9, i + 60, 200)), (60, (i, 9, i + 60, 200))]) for i in range(1, 61)]
    short = [tube(i) for i in range(61, 121)]
    one = scene([*long, *short])
    unsure, sure = (0.0, 0.0, 0.0), (3.0, -3.0, -3.0)
    keep(tmp_path, one, {i: unsure if i <= 60 else sure for i in range(1, 121)})
    found = waiting_of([one], labels_of())
    plan = planned(replaced(known(found, tmp_path, champion(), batch=5), fitted(drawn(300))))
    assert all(v.tube_number <= 60 for v in plan.viewings[:5] if v.slice == "chosen")  # type: ignore[operator]


def labels_of() -> Any:
    return labels(RUN, WALK, FALL)


def replaced(one: Any, cost: Any) -> Any:
    from dataclasses import replace

    return replace(one, cost=cost)
