"""Every metric on three people, against figures worked out by hand."""

import json

import pytest

from labeling import api
from labeling.domain.errors import InvalidInput
from labeling.models import Video
from mlbackend.measure.metrics import METRICS, evaluator_of
from mlbackend.measure.project import Measured
from tests.mlbackend.annotating import uid
from tests.mlbackend.measure.conftest import LEFT, decide

pytestmark = pytest.mark.django_db


def measured(yard, metric, path=None, evaluator=""):
    content = api.snapshot_freeze(yard.project.id).content
    timebases = {video.id: video.timebase for video in api.videos(yard.project.id)}
    return METRICS[metric].evaluate(
        Measured(
            content["labels"], content["videos"], timebases, evaluator_of(metric, evaluator), path
        )
    )


def by_label(rows, key="ap"):
    return {row["label"]: row[key] for row in rows}


def test_clips(reviewed):
    # walk: a right, b wrong; run: a wrong, b missed; wave: looked for, not there. c is nobody.
    found = measured(reviewed, "clips")
    assert found["summary"] == pytest.approx(
        {
            "accuracy": 0.0, "micro_precision": 1 / 3, "micro_recall": 1 / 2, "micro_f1": 0.4,
            "macro_precision": 0.25, "macro_recall": 0.5, "macro_f1": 1 / 3, "mean_AP": 0.5,
            "tubes": 2,
        }
    )  # fmt: skip
    assert by_label(found["classes"]) == {"walk": 1.0, "run": 0.0, "wave": None}
    assert by_label(found["classes"], "support") == {"walk": 1, "run": 1, "wave": 0}
    assert by_label(found["classes"], "precision") == {"walk": 0.5, "run": 0.0, "wave": 0.0}
    assert found["confusion"] == {
        "labels": ["walk", "run", "(none)"],
        "matrix": [[1, 0, 0], [1, 0, 0], [0, 1, 0]],
    }
    assert found["top_k"] == {"top1": 0.5, "top5": 0.5, "tubes_with_one_action": 2}
    assert [curve["label"] for curve in found["pr_curves"]] == ["walk", "run"]
    assert any("very proposals" in note for note in found["notes"])
    assert any("1 rejected tube" in note for note in found["notes"])


def test_clips_ask_only_where_people_looked(proposed):
    walk_only = {
        "id": uid("looked"), "tube_id": uid("a"), "start_frame": 0, "end_frame": 50,
        "label_ids": [proposed.labels["walk"]],
    }  # fmt: skip
    proposed.commit(
        decide("tube", "a"), decide("tube", "b"), decide("span", "a/walk"),
        {"op": "coverage_add", "coverage": walk_only},
    )  # fmt: skip
    found = measured(proposed, "clips")
    assert found["summary"]["tubes"] == 1
    assert by_label(found["classes"]) == {"walk": 1.0}
    assert any("3 proposed actions are undecided" in note for note in found["notes"])


def test_clips_keep_what_was_proposed_when_a_person_relabels(reviewed):
    # The person turns a's walk into a wave: the run had said walk all the same.
    reviewed.commit(
        {"op": "span_set", "span_id": uid("a/walk"), "label_id": reviewed.labels["wave"]}
    )
    found = measured(reviewed, "clips")
    assert by_label(found["classes"], "support") == {"walk": 0, "run": 1, "wave": 1}
    assert found["summary"]["micro_recall"] == 0.0
    # a waves: taken for walk, the best wrong one, with run left over; b's run was taken for walk.
    assert found["confusion"] == {
        "labels": ["walk", "run", "wave", "(none)"],
        "matrix": [[0, 0, 0, 0], [1, 0, 0, 0], [1, 0, 0, 0], [0, 1, 0, 0]],
    }


def test_frame_map(reviewed):
    # Seconds 0 to 4 are reviewed. walk: a's five boxes lead; run: b's five are missed.
    found = measured(reviewed, "frame-map")
    assert found["summary"] == {"mAP": 0.5, "frames": 5, "truths": 10, "predictions": 20}
    assert by_label(found["classes"]) == {"walk": 1.0, "run": 0.0}
    assert by_label(found["classes"], "support") == {"walk": 5, "run": 5}
    walk = found["pr_curves"][0]
    assert walk["recall"] == pytest.approx([0, 0.2, 0.4, 0.6, 0.8, 1.0])
    assert walk["precision"] == [1.0] * 6


def test_frame_map_measures_the_box_that_was_proposed(reviewed):
    # The person moves a half out of its box: IoU 50 / 150.
    for frame in (0, 49):
        box = [50.0, 0.0, 150.0, 100.0]
        reviewed.commit({"op": "keyframe_set", "tube_id": uid("a"), "frame": frame, "box": box})
    assert measured(reviewed, "frame-map")["summary"]["mAP"] == 0.0
    tubes = measured(reviewed, "video-map")["summary"]
    # With the extra pixel 51 / 151: found at 0.2, not at 0.5.
    assert (tubes["mAP@0.2"], tubes["mAP@0.5"]) == (0.5, 0.0)


def test_frame_map_leaves_undecided_timestamps_out(proposed):
    proposed.review({"op": "span_set", "span_id": uid("b/run"), "start_frame": 0, "end_frame": 25})
    proposed.commit(decide("span", "a/run", "proposed"))
    with pytest.raises(InvalidInput, match="no timestamp was reviewed without a proposal"):
        measured(proposed, "frame-map")


def test_frame_map_of_a_file(reviewed, tmp_path):
    path = tmp_path / "found.csv"
    box = "0.0,0.0,0.15625,0.27777777777777779"  # a's: 100 of 640 and 100 of 360
    path.write_text(f"yard,2,{box},14,0.9\nyard,7,{box},14,0.9\nother,2,{box},14,0.9\n")
    found = measured(reviewed, "frame-map", path)
    assert by_label(found["classes"]) == {"walk": 0.2, "run": 0.0}
    assert found["notes"] == [
        "2 of 3 predictions lie at timestamps that were not reviewed, or in other videos, and do "
        "not count."
    ]
    path.write_text("yard,2,0,0,x,1,14,0.9\n")
    with pytest.raises(InvalidInput, match="row 1"):
        measured(reviewed, "frame-map", path)


def test_an_action_set_twice_is_one_truth_as_in_an_export(reviewed, tmp_path):
    twice = reviewed.span("a", "walk", None)
    twice["span"] |= {"id": uid("again"), "start_frame": 10}
    reviewed.commit(twice)
    found = measured(reviewed, "frame-map")
    assert by_label(found["classes"], "support") == {"walk": 5, "run": 5}
    path = tmp_path / "found.csv"
    rows = (f"yard,{s},0,0,0.15625,0.27777777777777779,14,0.9" for s in range(5))
    path.write_text("\n".join(rows))
    assert by_label(measured(reviewed, "frame-map", path)["classes"])["walk"] == 1.0
    assert by_label(measured(reviewed, "video-map")["classes"], "support") == {"walk": 1, "run": 1}


def test_people_are_measured_where_no_action_was_proposed(yard):
    yard.propose(actions=False)
    yard.commit(decide("tube", "a"), decide("tube", "b"), decide("tube", "c", "rejected"))
    yard.commit(yard.cover())
    found = measured(yard, "frame-map")
    # Of equal scores the later stands first: c's five wrong boxes are spread among the right ones.
    assert by_label(found["classes"], "support") == {"person": 10}
    assert found["summary"]["predictions"] == 15
    assert any("people are measured" in note for note in found["notes"])
    assert measured(yard, "video-map", evaluator="gurkirt")["summary"]["truths"] == 2


@pytest.mark.parametrize("evaluator", METRICS["video-map"].evaluators)
def test_video_map(reviewed, evaluator):
    found = measured(reviewed, "video-map", evaluator=evaluator)
    # walk: a's tube is found first, then two wrong ones; run: b's is missed. `gurkirt` moves and
    # grows the proposed box by a pixel: 99² / (100² + 101² - 99²) = 0.942, a miss at 0.95.
    assert found["summary"]["mAP@0.5"] == 0.5
    expected = 0.45 if evaluator == "gurkirt" else 0.5
    assert found["summary"]["mAP@0.5:0.95"] == pytest.approx(expected)
    assert by_label(found["classes"]) == {"walk": 1.0, "run": 0.0}
    assert len(found["iou_curve"]["thresholds"]) == 11
    assert (found["summary"]["truths"], found["summary"]["predictions"]) == (2, 4)


def test_video_map_cuts_to_what_was_reviewed(proposed):
    proposed.review()
    proposed.commit(
        {"op": "coverage_remove", "coverage_id": uid("covered", 0, 50)}, proposed.cover(10, 20)
    )
    found = measured(proposed, "video-map")
    assert found["summary"]["mAP@0.5:0.95"] == 0.5
    assert found["summary"]["truths"] == 2


def test_where_nobody_sees_proposals_all_are_measured_against_what_was_drawn(yard):
    yard.propose()
    box = [LEFT["a"] + 5.0, 0.0, LEFT["a"] + 105.0, 100.0]
    drawn = {
        "id": uid("drawn"), "label_id": yard.labels["person"],
        "keyframes": [{"frame": frame, "box": box} for frame in (0, 49)],
    }  # fmt: skip
    walk = yard.span("drawn", "walk", None)
    yard.commit({"op": "tube_add", "tube": drawn}, walk, yard.cover())
    Video.objects.filter(pk=yard.video.pk).update(split="hold-out")
    found = measured(yard, "video-map")
    # The surest walk, a's, is right; those of b and c come after it.
    assert by_label(found["classes"]) == {"walk": pytest.approx(1.0)}
    assert (found["summary"]["truths"], found["summary"]["predictions"]) == (1, 4)
    assert measured(yard, "frame-map")["summary"]["frames"] == 5
    said = " ".join(found["notes"])
    assert "1 of 1 videos are annotated without seeing proposals" in said
    assert "very proposals" not in said and "undecided" not in said


def test_video_map_names_what_it_cannot_count(reviewed):
    reviewed.commit({"op": "span_remove", "span_id": uid("b/run")})
    found = measured(reviewed, "video-map")
    assert found["summary"]["mAP@0.5"] == 1.0
    assert any("1 tubes of actions that the truth does not have" in n for n in found["notes"])


def test_video_map_of_a_file(reviewed, tmp_path):
    boxes = [[200, 0, 300, 100]] * 50
    content = {
        "videos": ["yard"], "classes": ["run"],
        "det_tubes": [
            {"video": 0, "label": 0, "score": 0.9, "frames": [1, 50], "boxes": boxes}
        ],
    }  # fmt: skip
    path = tmp_path / "found.json"
    path.write_text(json.dumps(content))
    found = measured(reviewed, "video-map", path)
    assert by_label(found["classes"]) == {"walk": 0.0, "run": 1.0}
    content["videos"] = ["garden"]
    path.write_text(json.dumps(content))
    with pytest.raises(InvalidInput, match="no video 'garden'"):
        measured(reviewed, "video-map", path)


def submission(tmp_path, *entries):
    results = {"yard": [{"label": w, "segment": s, "score": x} for w, s, x in entries]}
    path = tmp_path / "found.json"
    path.write_text(json.dumps({"version": "1", "external_data": {}, "results": results}))
    return path


def test_temporal_map_of_a_file(reviewed, tmp_path):
    reviewed.commit(reviewed.segment(0, 30))
    # tIoU of [0, 2] and [0, 3] is 2/3: a hit at 0.5, 0.55, 0.6 and 0.65 of ten thresholds.
    found = measured(reviewed, "temporal-map", submission(tmp_path, ("crowded", [0, 2], 0.9)))
    assert found["summary"] == pytest.approx(
        {
            "average_mAP": 0.4, "mAP@0.5": 1.0, "mAP@0.75": 0.0, "mAP@0.95": 0.0, "truths": 1,
            "predictions": 1,
        }
    )  # fmt: skip
    assert found["iou_curve"]["mAP"] == [1.0] * 4 + [0.0] * 6
    # What lies beyond the reviewed five seconds does not count, the rest is cut.
    late = submission(tmp_path, ("crowded", [6, 8], 0.95), ("crowded", [0, 3], 0.9))
    assert measured(reviewed, "temporal-map", late)["summary"]["average_mAP"] == 1.0
    with pytest.raises(InvalidInput, match="the label 'empty' has no segment"):
        measured(reviewed, "temporal-map", submission(tmp_path, ("empty", [0, 2], 0.9)))


def test_temporal_map_of_proposals(yard):
    segment = yard.segment(0, 40)
    segment["span"]["score"] = 0.7
    api.commit_run(video_id=yard.video.id, run_id=uid("run"), operations=[segment])
    yard.commit(
        {"op": "span_set", "span_id": uid("crowded", 0), "start_frame": 0, "end_frame": 30},
        yard.cover(),
    )
    # 0 to 4 s was proposed, 0 to 3 s it became: tIoU 0.75, six of ten thresholds.
    found = measured(yard, "temporal-map")
    assert found["summary"]["average_mAP"] == pytest.approx(0.6)


def test_clips_of_a_file(reviewed, tmp_path):
    path = tmp_path / "found.csv"
    path.write_text("video,tube,label,score\nyard,1,walk,0.9\nyard,2,run,0.8\n")
    found = measured(reviewed, "clips", path)
    assert found["summary"]["accuracy"] == 1.0
    for text, message in (
        ("yard,1,fly,0.9", "row 1, column label: the project has no 'fly'"),
        ("yard,9,walk,0.9", "column tube: 'yard' has no tube 9"),
        ("yard,1,walk", "3 columns"),
        ("yard,1,walk,high", "column score: 'high' is not a number"),
    ):
        path.write_text(text + "\n")
        with pytest.raises(InvalidInput, match=message):
            measured(reviewed, "clips", path)


@pytest.mark.parametrize("metric", METRICS)
def test_nothing_to_measure_is_said(yard, metric):
    with pytest.raises(InvalidInput, match="There is nothing to measure: ") as refused:
        measured(yard, metric)
    assert refused.value.code == "nothing_to_measure"


def test_unknown_evaluators_are_refused():
    with pytest.raises(InvalidInput, match="act, 3d-retinanet, gurkirt"):
        evaluator_of("video-map", "yowo")
