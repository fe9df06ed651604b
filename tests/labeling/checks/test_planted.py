"""A planted proposal looks like any other, is never truth, and goes once it is decided."""

import json
import uuid
from zipfile import ZipFile

import pytest

from labeling import api, revisions, snapshots
from labeling.checks import services
from labeling.domain.errors import Conflict
from labeling.models import Label, PlantedProposal, Revision
from labeling.models.revision import Origin
from labeling.schema import labels_merge
from tests.labeling.checks.conftest import ELSEWHERE, new_id

pytestmark = pytest.mark.django_db


def decide(tube_id, decision="accepted"):
    return {"op": "tube_decide", "tube_id": tube_id, "decision": decision}


def box_set(tube_id, box, frame=10):
    return {"op": "keyframe_set", "tube_id": tube_id, "frame": frame, "box": box}


def cover(tube_id, labels):
    covered = {"id": new_id(), "tube_id": tube_id, "start_frame": 0, "end_frame": 41}
    return {"op": "coverage_add", "coverage": covered | {"label_ids": [labels["run"]]}}


def split(tube_id, video, frame=20):
    spans = revisions.annotations(video.id).spans_of(tube_id)
    new = {"op": "tube_split", "tube_id": tube_id, "frame": frame, "new_tube_id": new_id()}
    return new | {"new_span_ids": {span.id: new_id() for span in spans}}


def frozen(project, revision=None):
    (content,) = snapshots.freeze(project, revision).content["videos"]
    return {name: [item["id"] for item in content[name]] for name in ("tubes", "spans", "coverage")}


def test_it_looks_like_a_proposal_of_its_run(video, planted_tube, run_id):
    tube = revisions.annotations(video.id).tubes[planted_tube]
    assert (tube.state, tube.run_id, tube.score, tube.number) == ("proposed", run_id, 0.7, 2)
    assert tube.proposed["keyframes"][0]["box"] == ELSEWHERE


def test_no_snapshot_holds_it_before_during_or_after(project, video, planted_tube, real, by_hand):
    before = frozen(project)
    by_hand(decide(planted_tube))
    during = frozen(project)
    services.planted_settle(video_id=video.id)
    assert before == during == frozen(project)
    project.refresh_from_db()
    everything = [frozen(project, revision) for revision in range(project.revision + 1)]
    assert not any(planted_tube in found["tubes"] for found in everything)
    assert before["tubes"] == [real]


def test_nobody_who_learns_sees_it(project, video, planted_tube, planted_span, real):
    seen = api.annotations(video.id)
    assert list(seen.tubes) == [real]
    assert planted_span not in seen.spans
    assert planted_tube not in api.proposed_tubes(project.id)
    assert planted_tube in api.annotations_with_planted(video.id).tubes


@pytest.mark.parametrize(
    ("work", "answer"),
    [
        (lambda tube, v: [decide(tube)], "missed"),
        (lambda tube, v: [decide(tube, "rejected")], "caught"),
        (lambda tube, v: [{"op": "tube_remove", "tube_id": tube}], "caught"),
        (lambda tube, v: [box_set(tube, [401, 201, 441, 281])], "missed"),
        (lambda tube, v: [box_set(tube, [100, 20, 140, 100])], "caught"),
        (lambda tube, v: [split(tube, v)], "missed"),
        (lambda tube, v: [s := split(tube, v), decide(tube, "rejected"),
                          decide(s["new_tube_id"], "rejected")], "caught"),
    ],
)  # fmt: skip
def test_what_is_done_to_a_planted_tube_is_an_answer(
    work, answer, video, planted_tube, real, by_hand, settle, owner
):
    by_hand(*work(planted_tube, video))
    (told,), row = settle()
    assert (row.answer, row.shown_to, told.was_caught) == (answer, owner, answer == "caught")
    assert row.answered_at is not None
    left = revisions.annotations(video.id)
    assert list(left.tubes) == [real]
    assert {span.tube_id for span in left.spans.values()} == {real}


@pytest.mark.parametrize(
    ("work", "answer"),
    [
        (lambda span: {"op": "span_decide", "span_id": span, "decision": "accepted"}, "missed"),
        (lambda span: {"op": "span_decide", "span_id": span, "decision": "rejected"}, "caught"),
        (lambda span: {"op": "span_remove", "span_id": span}, "caught"),
        (lambda span: {"op": "span_set", "span_id": span, "end_frame": 30}, "missed"),
    ],
)
def test_what_is_done_to_a_planted_action_is_an_answer(
    work, answer, project, video, planted_span, real, by_hand, settle
):
    truth = frozen(project)
    by_hand(work(planted_span))
    _, row = settle()
    assert row.answer == answer
    assert planted_span not in revisions.annotations(video.id).spans
    assert frozen(project) == truth


def test_what_a_person_made_on_a_planted_tube_goes_with_it(
    project, video, labels, planted_tube, by_hand, settle
):
    truth = frozen(project)
    marked = {"id": new_id(), "tube_id": planted_tube, "label_id": labels["wave"]}
    by_hand(
        {"op": "span_add", "span": marked | {"start_frame": 3, "end_frame": 9}},
        cover(planted_tube, labels),
    )
    told, row = settle()
    assert (told, row.answer) == ([], "open"), "the tube itself is not decided yet"
    assert frozen(project) == truth
    by_hand(decide(planted_tube))
    settle()
    assert frozen(project) == truth
    left = revisions.annotations(video.id)
    assert marked["id"] not in left.spans and len(left.coverage) == 1


def test_what_was_split_off_is_planted_too(project, video, planted_tube, by_hand, settle):
    truth = frozen(project)
    cut = split(planted_tube, video)
    by_hand(cut)
    assert frozen(project) == truth, "not even before it is taken away"
    settle()
    assert cut["new_tube_id"] not in revisions.annotations(video.id).tubes


def test_a_planted_tube_merged_into_a_real_one_is_missed_and_the_merge_can_be_undone(
    project, video, planted_tube, real, by_hand, settle
):
    truth = revisions.annotations(video.id)
    merged = by_hand({"op": "tube_merge", "tube_id": real, "other_id": planted_tube})
    (told,), row = settle()
    assert row.answer == "missed" and "Ctrl+Z" in told.message
    assert list(revisions.annotations(video.id).tubes) == [real], "it is that person's work now"
    from labeling.domain.operations import inverse

    by_hand(inverse(merged.changes))
    (told,), row = settle()
    assert (told.was_caught, row.answer) == (None, "missed")
    now = revisions.annotations(video.id)
    assert list(now.tubes) == [real]
    assert now.tubes[real].keyframes == truth.tubes[real].keyframes
    assert len(now.spans) == 1


def test_a_real_tube_merged_into_a_planted_one_stays_as_a_persons_work(
    project, video, planted_tube, real, by_hand, settle
):
    merged = by_hand({"op": "tube_merge", "tube_id": planted_tube, "other_id": real})
    assert frozen(project)["tubes"] == [planted_tube]
    _, row = settle()
    assert row.answer == "missed"
    assert frozen(project)["tubes"] == [planted_tube]
    from labeling.domain.operations import inverse

    by_hand(inverse(merged.changes))
    settle()
    assert frozen(project)["tubes"] == [real]
    assert list(revisions.annotations(video.id).tubes) == [real]


def test_undone_it_is_open_and_put_back_it_goes_again(video, planted_tube, by_hand, settle, real):
    by_hand(decide(planted_tube))
    by_hand(decide(planted_tube, "proposed"))
    told, row = settle()
    assert (told, row.answer) == ([], "open"), "the decision was taken back in time"
    decided = by_hand(decide(planted_tube))
    settle()
    from labeling.domain.operations import inverse

    by_hand(inverse(decided.changes))
    (told,), row = settle()
    assert (told.was_caught, row.answer) == (None, "missed")
    assert list(revisions.annotations(video.id).tubes) == [real]


def test_a_manager_can_take_back_neither_planting_nor_taking_away(
    project, video, planted_tube, by_hand, settle
):
    decided = by_hand(decide(planted_tube))
    settle()
    checks = Revision.objects.filter(origin=Origin.CHECK).values_list("number", flat=True)
    for number in checks:
        with pytest.raises(Conflict, match="check of attention"):
            revisions.revision_undo(project_id=project.id, number=number)
    with pytest.raises(Conflict):
        revisions.revision_undo(project_id=project.id, number=decided.revision)


def test_one_left_undecided_by_a_crash_is_mended_later(
    project, video, planted_tube, by_hand, real, teammate
):
    by_hand(decide(planted_tube), author=teammate)
    assert PlantedProposal.objects.get().answer == "open"
    (told,) = services.planted_mend(project_id=project.id)
    assert (told.was_caught, told.author_id) == (False, teammate.pk)
    assert services.planted_mend(project_id=project.id) == []
    assert PlantedProposal.objects.get().shown_to == teammate


def test_of_two_people_the_first_answer_counts(video, planted_tube, by_hand, settle, teammate):
    base = revisions.annotations(video.id).revision
    by_hand(decide(planted_tube, "rejected"))
    with pytest.raises(Conflict):
        by_hand(decide(planted_tube), author=teammate, base=base)
    _, row = settle()
    assert (row.answer, row.shown_to.username) == ("caught", "olga")


def test_an_import_that_took_it_away_is_nobodys_answer(project, video, planted_tube, settle):
    gone = [{"op": "tube_remove", "tube_id": planted_tube}]
    revisions.commit(video_id=video.id, operations=gone, origin=Origin.IMPORT)
    told, row = settle()
    assert (told, row.answer, row.shown_to) == ([], "withdrawn", None)


def test_planted_actions_on_a_tube_that_changes_are_withdrawn(
    video, planted_span, real, by_hand, settle
):
    by_hand(split(real, video))
    told, row = settle()
    assert (told, row.answer) == ([], "withdrawn")
    assert all(s.state != "proposed" for s in revisions.annotations(video.id).spans.values())


def test_of_an_action_whose_label_became_part_of_another_nobody_knows(
    project, video, labels, planted_span, by_hand, settle
):
    wave, run = (Label.objects.get(pk=labels[name]) for name in ("wave", "run"))
    labels_merge(target=run, sources=[wave])
    by_hand({"op": "span_decide", "span_id": planted_span, "decision": "accepted"})
    told, row = settle()
    assert (told, row.answer) == ([], "withdrawn"), "neither noticed nor missed"
    assert planted_span not in revisions.annotations(video.id).spans


def test_withdrawn_it_is_gone_without_an_answer(video, planted_tube, planted_span, real):
    services.planted_withdraw(video_id=video.id, object_ids=[planted_span])
    assert planted_span not in revisions.annotations(video.id).spans
    assert planted_tube in revisions.annotations(video.id).tubes
    assert services.planted_withdraw(video_id=video.id) == 1
    assert list(revisions.annotations(video.id).tubes) == [real]
    assert {row.answer for row in PlantedProposal.objects.all()} == {"withdrawn"}


def test_it_goes_with_its_video(video, planted_tube):
    video.delete()
    assert not PlantedProposal.objects.exists()


def test_nothing_is_planted_in_the_hold_out(video, labels, real, run_id):
    from labeling.domain.span import Span

    video.split = "hold-out"
    video.save()
    span = Span(new_id(), real, labels["wave"], 0, 41, state="proposed", run_id=run_id)
    with pytest.raises(Conflict, match="hold-out"):
        services.plant_span(video_id=video.id, span=span, what="no")
    assert not PlantedProposal.objects.exists()
    assert uuid.UUID(span.id)


def test_previews_and_counts_of_an_export_are_without_it(
    project, video, labels, planted_tube, planted_span, real, by_hand
):
    from labeling.export.native_files import FORMAT
    from labeling.export.options import ExportOptions
    from labeling.export.preview import export_preview
    from labeling.formats.choice import Which

    segment = {"id": new_id(), "tube_id": None, "label_id": labels["crowded"]}
    by_hand({"op": "span_add", "span": segment | {"start_frame": 0, "end_frame": 9}})
    options = ExportOptions(which=Which.ALL)
    seen = export_preview(project=project, format_=FORMAT, options=options)
    assert (seen["tubes"], seen["spans"], seen["segments"]) == (1, 1, 1)


def test_history_does_not_tell_of_it(video, planted_tube, real, as_user, owner):
    told = as_user(owner).get(f"/api/videos/{video.id}/history").json()
    assert [entry["origin"] for entry in told] == ["hand", "run"]


def test_a_backup_and_what_is_restored_of_it_are_without_it(
    project, video, planted_tube, real, by_hand, owner, tmp_path
):
    from labeling.export.restore import project_restore
    from labeling.models import Video
    from tests.labeling.export.test_restore import backup

    truth = frozen(project)
    by_hand(decide(planted_tube))
    path = backup(project, tmp_path / "backup.zip")
    with ZipFile(path) as archive:
        (line,) = archive.read("videos.jsonl").decode().splitlines()
    assert [tube["id"] for tube in json.loads(line)["tubes"]] == truth["tubes"]
    made = project_restore(path=path, owner=owner, name="Again").project
    copy = Video.objects.get(project=made)
    for revision in range(made.revision + 1):
        assert len(snapshots.annotations_at(copy, revision).tubes) <= 1
    assert len(api.annotations(copy.id).tubes) == 1
