"""What a person's commit closes, what they answered, and how long it took."""

from typing import Any

import pytest

from labeling import api, revisions
from labeling.correct import services as correct
from labeling.models import Label
from labeling.schema import label_retire
from mlbackend.models import QueueItem
from mlbackend.select.leases import queue_next
from mlbackend.select.services import item_insert
from mlbackend.select.viewing import Question, QuestionKind
from tests.mlbackend.annotating import propose_tubes, uid
from tests.mlbackend.select.asking import (
    add_span,
    ask,
    ask_tubes,
    cover,
    decide,
    order,
    say,
    segment_viewing,
    stretch_viewing,
)

pytestmark = pytest.mark.django_db


@pytest.fixture
def tubes(video: Any) -> list[str]:
    made = propose_tubes(video, 4)
    ask_tubes(video, made)
    return made


@pytest.fixture
def walking(video: Any, tubes: list[str], labels: dict[str, int]) -> str:
    """A proposed action on the first tube."""
    span = uid("walking")
    propose(video, add_span(span, tubes[0], labels["walk"], 5, 30))
    return span


def propose(video: Any, *operations: dict[str, Any]) -> None:
    api.commit_run(video_id=video.id, run_id=uid("model"), operations=list(operations))


def item(about: str) -> QueueItem:
    return QueueItem.objects.get(tube_id=about)


def test_as_it_was(tubes: list[str], video: Any, owner: Any, walking: str, labels: Any) -> None:
    taken = queue_next(owner, video.project_id)
    yes = {"op": "span_decide", "span_id": walking, "decision": "accepted"}
    say(owner, video, decide(tubes[0]), yes, seconds=4.5)
    done = item(tubes[0])
    assert taken == done
    assert (done.state, done.answer, done.done_by, done.seconds) == ("done", "accepted", owner, 4.5)
    assert done.done_at and done.leased_by is None
    walk = [labels["walk"]]
    assert (done.answer_detail["said"], done.answer_detail["proposed"]) == (walk, walk)
    assert order(video.project) == tubes[1:]


def test_segments_that_went_with_their_label_are_not_asked_about(
    tubes: list[str], video: Any, labels: Any, django_capture_on_commit_callbacks: Any
) -> None:
    span = uid("segment")
    propose(video, add_span(span, None, labels["crowded"], 5, 30))
    ask(video.project, [segment_viewing(video, span)])
    with django_capture_on_commit_callbacks(execute=True):
        label_retire(label=Label.objects.get(pk=labels["crowded"]))
    asked = QueueItem.objects.get(span_id=span)
    assert (asked.state, asked.answer) == ("done", "gone")


@pytest.mark.parametrize("change", ["box", "action taken away", "action added"])
def test_corrected(
    change: str, tubes: list[str], video: Any, owner: Any, walking: str, labels: Any
) -> None:
    keyframe = {"frame": 0, "box": [1, 2, 30, 90]}
    changes = {
        "box": {"op": "keyframe_set", "tube_id": tubes[0], **keyframe},
        "action taken away": {"op": "span_decide", "span_id": walking, "decision": "rejected"},
        "action added": add_span(uid("s"), tubes[0], labels["run"]),
    }
    say(owner, video, changes[change], *([] if change == "box" else [decide(tubes[0])]))
    assert item(tubes[0]).answer == "corrected"


def test_rejected(tubes: list[str], video: Any, owner: Any, walking: str) -> None:
    say(owner, video, decide(tubes[0], "rejected"))
    assert (item(tubes[0]).answer, item(tubes[0]).answer_detail["said"]) == ("rejected", [])


def test_an_action_alone_leaves_the_question_open(
    tubes: list[str], video: Any, owner: Any, labels: Any
) -> None:
    say(owner, video, add_span(uid("s"), tubes[0], labels["run"]))
    assert item(tubes[0]).state == "open"


def test_what_one_changes_a_moment_later_belongs_to_the_answer(
    tubes: list[str], video: Any, owner: Any, walking: str
) -> None:
    queue_next(owner, video.project_id)
    yes = {"op": "span_decide", "span_id": walking, "decision": "accepted"}
    say(owner, video, decide(tubes[0]), yes, seconds=3.0)
    no = {"op": "span_decide", "span_id": walking, "decision": "rejected"}
    say(owner, video, no, seconds=2.0)
    assert (item(tubes[0]).answer, item(tubes[0]).seconds) == ("corrected", 5.0)


def test_somebody_elses_later_change_does_not(
    tubes: list[str], video: Any, owner: Any, teammate: Any, walking: str
) -> None:
    yes = {"op": "span_decide", "span_id": walking, "decision": "accepted"}
    say(owner, video, decide(tubes[0]), yes, seconds=3.0)
    no = {"op": "span_decide", "span_id": walking, "decision": "rejected"}
    say(teammate, video, no, seconds=2.0)
    assert (item(tubes[0]).answer, item(tubes[0]).done_by) == ("accepted", owner)


def test_seconds_are_those_since_the_last_answer_without_pauses(
    tubes: list[str], video: Any, owner: Any, teammate: Any, labels: Any
) -> None:
    queue_next(owner, video.project_id)
    say(owner, video, decide(tubes[0]), seconds=3.0)
    queue_next(owner, video.project_id)
    say(teammate, video, add_span(uid("other"), tubes[2], labels["run"]), seconds=50.0)
    say(owner, video, add_span(uid("s"), tubes[1], labels["run"]), seconds=6.0)
    say(owner, video, decide(tubes[1]), seconds=1000.0)
    assert (item(tubes[0]).seconds, item(tubes[1]).seconds) == (3.0, 126.0)


def test_several_at_once_share_the_time(tubes: list[str], video: Any, owner: Any) -> None:
    say(owner, video, *(decide(tube) for tube in tubes), seconds=8.0)
    assert {row.seconds for row in QueueItem.objects.all()} == {2.0}


def test_a_blind_answer_is_accepted_where_it_names_the_same_actions(
    video: Any, owner: Any, labels: Any
) -> None:
    """Its own times do not matter: the page never showed the model's."""
    made = propose_tubes(video, 2)
    ask_tubes(video, made, blind=True)
    for i, (tube, label) in enumerate(zip(made, ("walk", "run"), strict=True)):
        hidden = uid("hidden", i)
        propose(video, add_span(hidden, tube, labels["walk"], 5, 30))
        no = {"op": "span_decide", "span_id": hidden, "decision": "rejected"}
        queue_next(owner, video.project_id)
        say(owner, video, decide(tube), no, add_span(uid("mine", i), tube, labels[label]))
    assert [item(tube).answer for tube in made] == ["accepted", "corrected"]
    assert all(item(tube).blind for tube in made)


def test_an_answer_that_comes_after_the_next_item_was_taken_is_still_theirs(
    video: Any, owner: Any
) -> None:
    """The page asks for the next item while the commit is on its way."""
    made = propose_tubes(video, 2)
    ask_tubes(video, made, blind=True)
    first = queue_next(owner, video.project_id)
    assert first is not None
    queue_next(owner, video.project_id, after=first.pk)
    say(owner, video, decide(made[0]), seconds=3.0)
    assert item(made[0]).blind and item(made[0]).seconds == 3.0


def test_who_came_upon_a_blind_item_elsewhere_did_not_see_it_blind(video: Any, owner: Any) -> None:
    made = propose_tubes(video, 2)
    ask_tubes(video, made, blind=True)
    say(owner, video, decide(made[1]))
    assert not item(made[1]).blind and item(made[0]).blind


@pytest.mark.parametrize(
    ("decision", "end", "answer"),
    [("accepted", None, "accepted"), ("rejected", None, "rejected"), (None, 60, "corrected")],
)
def test_segments(
    decision: str | None, end: int | None, answer: str, video: Any, owner: Any, labels: Any
) -> None:
    span = uid("segment")
    propose(video, add_span(span, None, labels["crowded"], 10, 50))
    ask(video.project, [segment_viewing(video, span)])
    said: dict[str, Any] = {"op": "span_decide", "span_id": span, "decision": decision}
    if end:
        said = {"op": "span_set", "span_id": span, "end_frame": end}
    say(owner, video, said)
    done = QueueItem.objects.get()
    assert (done.state, done.answer, done.done_by) == ("done", answer, owner)


@pytest.mark.parametrize(
    ("ranges", "state"),
    [
        ([(0, 100)], "done"),
        ([(20, 60)], "done"),
        ([(40, 70), (10, 40)], "done"),
        ([(20, 59)], "open"),
        ([(10, 40), (41, 70)], "open"),
    ],
)
def test_a_stretch_is_done_when_all_of_it_was_looked_at(
    ranges: list[tuple[int, int]], state: str, video: Any, owner: Any, labels: Any
) -> None:
    ask(video.project, [stretch_viewing(video, 20, 60)])
    every = list(labels.values())
    say(owner, video, *(cover(uid("c", *r), None, every, *r) for r in ranges))
    assert QueueItem.objects.get().state == state
    if state == "done":
        assert QueueItem.objects.get().answer == "covered"


def test_what_is_asked_because_labels_changed_is_done_when_it_was_looked_through(
    tubes: list[str], video: Any, owner: Any, labels: Any
) -> None:
    say(owner, video, decide(tubes[0]))
    asked = [Question(QuestionKind.ACTIONS, "new label: jump")]
    item_insert(
        project_id=video.project_id, video_id=video.id, rank=0, slice="schema", questions=asked,
        tube_id=tubes[0], tube_number=1,
    )  # fmt: skip
    ask_tubes(video, tubes[1:])
    say(owner, video, add_span(uid("s"), tubes[0], labels["run"]))
    schema = QueueItem.objects.get(slice="schema")
    assert schema.state == "open"
    say(owner, video, cover(uid("c"), tubes[0], [labels["run"]], 0, 40))
    schema.refresh_from_db()
    assert (schema.state, schema.answer) == ("done", "corrected")


def test_taken_back_on_the_page_it_is_asked_again_in_its_place(
    tubes: list[str], video: Any, owner: Any
) -> None:
    say(owner, video, decide(tubes[0]))
    before = item(tubes[0]).pk
    say(owner, video, decide(tubes[0], "proposed"))
    again = item(tubes[0])
    assert (again.pk, again.state, again.answer, again.done_by) == (before, "open", "", None)
    assert order(video.project) == tubes


def test_taken_back_as_a_revision_it_is_asked_again(
    tubes: list[str], video: Any, owner: Any
) -> None:
    number = say(owner, video, decide(tubes[0], "rejected"))
    before = item(tubes[0]).pk
    correct.revision_undo(project_id=video.project_id, number=number, author_id=owner.pk)
    found = QueueItem.objects.get(tube_id=tubes[0], state="open")
    assert found.pk == before


def test_what_was_drawn_for_the_hold_out_meanwhile_is_not_asked_again(
    tubes: list[str], video: Any, owner: Any
) -> None:
    say(owner, video, decide(tubes[0]))
    QueueItem.objects.filter(state="open").delete()
    video.split = "hold-out"
    video.save()
    say(owner, video, decide(tubes[0], "proposed"))
    assert item(tubes[0]).state == "done"
    assert api.tube_states([tubes[0]]) == {tubes[0]: "proposed"}, "the commit itself stands"


def test_a_model_s_commit_closes_nothing(tubes: list[str], video: Any) -> None:
    api.commit_run(
        video_id=video.id, run_id=uid("run"),
        operations=[{"op": "tube_remove", "tube_id": tubes[0]}],
    )  # fmt: skip
    assert item(tubes[0]).state == "open"
    assert revisions.annotations(video.id).tubes.keys() == set(tubes[1:])
