"""Accuracy of clips: names, sources kept together, figures, and a control that learns nothing."""

from __future__ import annotations

import json
from collections.abc import Sequence
from fractions import Fraction
from pathlib import Path

import numpy as np
import pytest

from labeling.domain.errors import InvalidInput
from mlbackend.bench import along_svm
from mlbackend.bench.class_scores import softmax, write_scores
from mlbackend.bench.clip_accuracy import accuracy, source_interval
from mlbackend.bench.clips import LabeledClip, jhmdb_clips, jhmdb_source, ut_clips, ut_label
from mlbackend.bench.folds import grouped_folds
from mlbackend.data.synthetic import Act, ClipSpec, PersonSpec, write_clip

ACTIONS = ("walk", "wave", "squat")
EACH = 5


def test_parts_and_spellings_of_a_film_are_one_source() -> None:
    assert jhmdb_source("Veoh_Alpha_Dog_2_walk_f_nm_np1_fr_med_19", "walk") == "veohalphadog"
    assert jhmdb_source("Veoh_Alpha_Dog_1_throw_u_nm_np1_ba_med_0", "throw") == "veohalphadog"
    assert jhmdb_source("boom-snap-clap_clap_u_nm_np1_fr_med_1", "clap") == jhmdb_source(
        "Boom_Snap_Clap_clap_u_nm_np1_fr_med_2", "clap"
    )
    # The source's own name may hold the class; the last one is the shot's.
    assert jhmdb_source("My_golf_day_golf_f_cm_np1_fr_med_0", "golf") == "mygolfday"
    assert jhmdb_source("GLOCK17_shoot_gun_u_nm_np1_ri_goo_6", "shoot_gun") == "glock17"
    with pytest.raises(InvalidInput, match="does not say its class as _run_"):
        jhmdb_source("Veoh_Alpha_Dog_2_walk_f_nm_np1_fr_med_19", "run")


def test_the_last_number_is_the_class_and_the_middle_one_the_sequence() -> None:
    assert ut_label("44_8_4") == (4, "sequence 8")
    assert ut_label("54_10_0") == (0, "sequence 10")
    for name in ("44_8", "44_8_6", "a_8_4", "44_8_4_1"):
        with pytest.raises(InvalidInput, match="<number>_<sequence>_<class>"):
            ut_label(name)


def test_a_folder_without_clips_says_so(tmp_path: Path) -> None:
    with pytest.raises(InvalidInput, match="holds no clips of clips/ut_interaction/set1"):
        ut_clips(tmp_path)


def test_each_clip_is_tested_once_and_never_beside_its_source() -> None:
    rng = np.random.default_rng(0)
    labels = rng.integers(0, 4, 80).tolist()
    sources = [f"film {n}" for n in rng.integers(0, 17, 80)]
    for count, folds in ((None, len(set(sources))), (5, 5)):
        found = grouped_folds(labels, sources, count)
        assert len(found) == folds
        assert sorted(np.concatenate([test for _, test in found])) == list(range(80))
        for train, test in found:
            assert len(train) + len(test) == 80
            assert not {sources[i] for i in train} & {sources[i] for i in test}
    with pytest.raises(ValueError, match="17 sources do not fill 18 folds"):
        grouped_folds(labels, sources, 18)


def test_accuracy_of_clips_and_of_classes() -> None:
    # Of class 0 three of four are right, of class 1 none of one, of class 2 one of one.
    answers, truth = [0, 0, 0, 1, 0, 2], [0, 0, 0, 0, 1, 2]
    found = accuracy(np.eye(5)[answers], truth, ["a", "a", "b", "b", "c", "d"])
    assert found.accuracy == pytest.approx(4 / 6)
    assert found.per_class == pytest.approx((0.75 + 0.0 + 1.0) / 3)
    assert found.chance == pytest.approx(0.2)
    assert (found.clips, found.sources) == (6, 4)
    assert found.low <= found.accuracy <= found.high
    with pytest.raises(ValueError, match="no clips were tested"):
        accuracy(np.zeros((0, 3)), [], [])


def test_clips_that_succeed_together_make_the_interval_wide() -> None:
    right = np.repeat([True, False], 50)
    alone = source_interval(right, [str(i) for i in range(100)])
    together = source_interval(right, [str(i // 10) for i in range(100)])
    assert alone[0] == pytest.approx(0.40, abs=0.02)
    assert alone[1] == pytest.approx(0.60, abs=0.02)
    assert together[0] == pytest.approx(0.20, abs=0.05)
    assert together[1] == pytest.approx(0.80, abs=0.05)
    assert source_interval(np.ones(4, dtype=bool), list("abcd")) == (1.0, 1.0)


def test_class_scores_are_shares_of_the_tested_clips(tmp_path: Path) -> None:
    scores = np.array([[1.0, 1.0], [np.nan, np.nan], [1000.0, 1000.0 + np.log(3.0)]])
    assert softmax(scores[[2]])[0].tolist() == pytest.approx([0.25, 0.75])
    clips = [LabeledClip(tmp_path / f"{name}.avi", 0, name) for name in "abc"]
    write_scores(tmp_path / "out.json", ("walk", "run"), clips, scores)
    written = json.loads((tmp_path / "out.json").read_text())
    assert written == {"classes": ["walk", "run"], "scores": {"a": [0.5, 0.5], "c": [0.25, 0.75]}}


def test_actions_are_learned_and_shuffled_labels_are_not(tmp_path: Path) -> None:
    clips = _drawn(tmp_path)
    described = [along_svm.describe_clip(clip) for clip in clips]
    assert _share_right(described, clips) >= 0.8
    rng = np.random.default_rng(5)
    shuffled = []
    for _ in range(3):
        labels = rng.permutation([clip.label for clip in clips])
        others = [
            LabeledClip(clip.path, int(label), clip.source, clip.start, clip.boxes)
            for clip, label in zip(clips, labels, strict=True)
        ]
        shuffled.append(_share_right(described, others))
    assert np.mean(shuffled) <= 0.45


def test_the_real_sets_are_read(shared_data: Path) -> None:
    actors, pairs = jhmdb_clips(shared_data), ut_clips(shared_data)
    assert len(actors) >= 200 and len({clip.label for clip in actors}) == 21
    assert all(clip.boxes is not None and clip.boxes.shape[1] == 4 for clip in actors)
    assert len(pairs) == 60 and len({clip.source for clip in pairs}) == 10
    assert np.bincount([clip.label for clip in pairs]).tolist() == [10] * 6


def _drawn(folder: Path) -> list[LabeledClip]:
    """Small clips of one person each, every one a recording of its own."""
    clips = []
    for number in range(EACH * len(ACTIONS)):
        label = number % len(ACTIONS)
        person = PersonSpec(
            (Act(0.0, (ACTIONS[label],)),), x=0.4 + 0.02 * (number % 7), height_px=80.0
        )
        spec = ClipSpec(
            f"clip {number}", number, (person,), duration_s=1.2, width=160, height=120,
            fps=Fraction(10),
        )  # fmt: skip
        path = folder / f"{number}.mp4"
        boxes = write_clip(path, spec).people[0].boxes
        assert not np.isnan(boxes).any()
        clips.append(LabeledClip(path, label, str(number), 0, boxes))
    return clips


def _share_right(
    described: Sequence[along_svm.DescribedClip], clips: Sequence[LabeledClip]
) -> float:
    labels = np.array([clip.label for clip in clips])
    folds = grouped_folds(labels.tolist(), [clip.source for clip in clips], 3)
    scores = along_svm.cross_scores(described, clips, len(ACTIONS), folds, lambda _line: None)
    return float((scores.argmax(axis=1) == labels).mean())
