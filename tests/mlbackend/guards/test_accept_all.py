"""Many tubes at once only by calibrated scores; single acts pass, however many were saved up."""

import pytest

from labeling import revisions
from labeling.models import TubeRow
from mlbackend.models import Run
from tests.mlbackend.annotating import box, commit, person_label, uid

pytestmark = pytest.mark.django_db


@pytest.fixture
def propose(project, video):
    """`propose(scores, note)` proposes a tube a score; with an empty note they are calibrated."""

    def make(scores, note=""):
        used = {"tubes": {"slope": 1.1, "intercept": 0.0, "decided": 80, "note": note}}
        Run.objects.create(
            id=uid("run", note), project=project, video=video, detector="hog",
            detail={"calibration": used},
        )  # fmt: skip
        tubes = [
            {
                "id": uid(note, i), "label_id": person_label(project), "score": score,
                "keyframes": [{"frame": f, "box": box(i)} for f in (0, 39)],
            }
            for i, score in enumerate(scores)
        ]  # fmt: skip
        operations = [{"op": "tube_add", "tube": tube} for tube in tubes]
        revisions.commit(
            video_id=video.id, operations=operations, origin="run", run_id=uid("run", note)
        )
        return [tube["id"] for tube in tubes]

    return make


@pytest.fixture
def accept(video, as_user, teammate):
    """`accept(ids, …)` sends one commit that accepts them."""

    def send(tube_ids, extra=(), **more):
        operations = [
            {"op": "tube_decide", "tube_id": tube_id, "decision": "accepted"}
            for tube_id in tube_ids
        ]
        body = {
            "commit_id": uid("commit", tube_ids, more), "operations": [*operations, *extra],
            "base_revision": revisions.annotations(video.id).revision, **more,
        }  # fmt: skip
        return as_user(teammate).post(f"/api/videos/{video.id}/commits", body, format="json")

    return send


def states(tube_ids):
    return {TubeRow.objects.get(pk=tube_id).state for tube_id in tube_ids}


def test_sure_ones_are_accepted_at_once(propose, accept):
    tube_ids = propose([0.95, 0.96, 0.97, 0.98, 0.99])
    assert accept(tube_ids, accept_all=True).status_code == 200
    assert states(tube_ids) == {"accepted"}


def test_one_that_is_not_sure_refuses_them_all_and_says_which(propose, accept):
    tube_ids = propose([0.99, 0.99, 0.80, 0.99])
    answer = accept(tube_ids, accept_all=True)
    assert (answer.status_code, answer.json()["code"]) == (400, "accept_all_refused")
    (one,) = answer.json()["detail"]["tubes"]
    assert one["id"] == tube_ids[2] and "0.80" in one["why"]
    assert "Tube 3" in answer.json()["message"] and "by itself" in answer.json()["message"]
    assert states(tube_ids) == {"proposed"}


def test_raw_scores_are_never_sure(propose, accept):
    tube_ids = propose([0.99] * 5, note="Raw scores: too few.")
    answer = accept(tube_ids, accept_all=True)
    assert "not calibrated" in answer.json()["message"]
    assert states(tube_ids) == {"proposed"}


def test_a_program_cannot_leave_the_word_out(propose, accept):
    tube_ids = propose([0.5] * 4)
    assert accept(tube_ids).json()["code"] == "accept_all_refused"
    assert accept(tube_ids[:3]).status_code == 200, "a few are single acts"


def test_single_acts_saved_up_while_offline_pass(propose, accept):
    tube_ids = propose([0.5] * 6)
    assert accept(tube_ids, gestures=6).status_code == 200
    assert states(tube_ids) == {"accepted"}


def test_accepting_all_does_nothing_else(propose, accept, labels):
    tube_ids = propose([0.99] * 4)
    relabel = {"op": "tube_relabel", "tube_id": tube_ids[0], "label_id": labels["person"]}
    answer = accept(tube_ids, extra=[relabel], accept_all=True)
    assert answer.json()["code"] == "accept_all_refused"
    assert states(tube_ids) == {"proposed"}


def test_what_was_corrected_was_looked_at(propose, accept):
    tube_ids = propose([0.5] * 4)
    moved = [
        {"op": "keyframe_set", "tube_id": tube_id, "frame": 3, "box": [1, 2, 30, 40]}
        for tube_id in tube_ids
    ]
    assert accept(tube_ids, extra=moved).status_code == 200


def test_the_page_is_told_which_are_sure(propose, video, as_user, teammate, project):
    sure = propose([0.97, 0.5])[0]
    told = as_user(teammate).get(f"/api/videos/{video.id}/sure-tubes").json()
    assert told == {
        "accept_all_from": 0.95, "is_calibrated": True, "proposed": 2, "tube_ids": [sure],
        "note": "",
    }  # fmt: skip
    project.settings = {"loop": {"accept_all_from": 0.99}}
    project.save()
    told = as_user(teammate).get(f"/api/videos/{video.id}/sure-tubes").json()
    assert (told["tube_ids"], told["note"]) == (
        [], "No open tube has a calibrated score of 0.99 or more."
    )  # fmt: skip


def test_where_the_video_was_reviewed_nothing_is_accepted_unseen(
    propose, accept, video, labels, as_user, teammate
):
    """The range says that actions were looked for: on a tube nobody looked at they were not."""
    tube_ids = propose([0.99, 0.99])
    covered = {"id": uid("c"), "tube_id": None, "start_frame": 30, "end_frame": 80}
    covered["label_ids"] = [labels["person"], labels["run"]]
    commit(video, [{"op": "coverage_add", "coverage": covered}])
    answer = accept(tube_ids, accept_all=True)
    assert answer.json()["code"] == "accept_all_refused"
    assert "actions nobody looked for" in answer.json()["message"]
    told = as_user(teammate).get(f"/api/videos/{video.id}/sure-tubes").json()
    assert told["tube_ids"] == [] and "actions nobody looked for" in told["note"]
    commit(video, [{"op": "coverage_remove", "coverage_id": uid("c")}])
    assert accept(tube_ids, accept_all=True, seconds=1).status_code == 200


def test_why_none_is_sure_is_said(propose, video, as_user, teammate):
    path = f"/api/videos/{video.id}/sure-tubes"
    assert "No proposed tube" in as_user(teammate).get(path).json()["note"]
    propose([0.99], note="Raw scores.")
    assert "30 accepted and 30 rejected" in as_user(teammate).get(path).json()["note"]


def test_a_planted_one_is_not_among_the_sure(propose, video, project, as_user, teammate):
    from labeling.checks import services
    from labeling.domain.tube import Tube

    (sure,) = propose([0.97])
    like = revisions.annotations(video.id).tubes[sure].as_dict()
    tube = Tube.of({**like, "id": uid("planted"), "number": None, "proposed": None})
    services.plant_tube(video_id=video.id, tube=tube, what="a copy")
    told = as_user(teammate).get(f"/api/videos/{video.id}/sure-tubes").json()
    assert told["tube_ids"] == [sure]


def test_what_was_accepted_by_its_score_is_still_asked_about_its_actions(
    propose, accept, project, video, teammate
):
    """And counts neither as this person's acceptance nor as too fast."""
    from mlbackend.guards.selectors import guards
    from mlbackend.models import QueueItem
    from mlbackend.select.services import item_insert
    from mlbackend.select.viewing import Question, QuestionKind

    tube_ids = propose([0.97, 0.98])
    for rank, tube_id in enumerate(tube_ids):
        item_insert(
            project_id=project.id, video_id=video.id, rank=rank, slice="chosen", tube_id=tube_id,
            questions=[Question(QuestionKind.PERSON, "unsure")],
        )  # fmt: skip
    assert accept(tube_ids, accept_all=True).status_code == 200
    waiting = QueueItem.objects.filter(state="open").order_by("rank")
    assert [str(item.tube_id) for item in waiting] == tube_ids
    assert {item.questions[0]["kind"] for item in waiting} == {"actions"}
    (row,) = guards(project.id)["people"]
    assert (row["username"], row["shown"], row["fast_untouched"]["n"]) == (teammate.username, 0, 0)
