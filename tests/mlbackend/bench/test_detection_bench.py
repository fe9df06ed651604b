"""Figures of proposals on clips whose boxes are known."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pytest

from labeling.domain.errors import InvalidInput
from mlbackend.bench.detection import ClassScores, measured, read_actions
from mlbackend.bench.jhmdb import ActorClip
from mlbackend.bench.viterbi_link import viterbi_link
from mlbackend.propose.link import Observed

FRAMES = 30


def _clip(name: str, label: int) -> ActorClip:
    left = 2.0 * np.arange(FRAMES)
    boxes = np.stack([left, left * 0 + 20, left + 50, left * 0 + 140], axis=1)
    return ActorClip(name, Path(f"{name}.avi"), label, 0, boxes)


def _seen(clip: ActorClip, shift_px: float = 0.0, until: int = FRAMES) -> list[Observed]:
    none = np.empty((0, 4))
    return [
        Observed(
            frame,
            frame / 25,
            clip.boxes[frame : frame + 1] + shift_px if frame < until else none,
            np.full(1 if frame < until else 0, 0.9),
            np.zeros((1 if frame < until else 0, 0)),
        )
        for frame in range(FRAMES)
    ]


def test_perfect_boxes_give_full_marks_and_missing_ones_are_missed() -> None:
    clips = [_clip("a", 3), _clip("b", 11)]
    full = measured(clips, [_seen(clip) for clip in clips])
    assert full["recall_07"] == full["tube_recall_05"] == full["tubes"] / 2 == 1.0
    assert full["frame_ap_05"] == full["video_ap_05_095"] == pytest.approx(1.0)
    half = measured(clips, [_seen(clips[0]), _seen(clips[1], until=0)])
    assert half["recall_05"] == half["tube_recall_05"] == 0.5
    assert half["frame_ap_05"] == pytest.approx(0.5)


def test_the_best_path_follows_the_actor_and_passes_a_surer_box_elsewhere() -> None:
    """A box far away that is surer on one frame costs more overlap than its score brings."""
    clip = _clip("a", 3)
    seen = _seen(clip)
    far = clip.boxes[15:16] + 200.0
    seen[15] = Observed(
        15, 0.6, np.concatenate([far, clip.boxes[15:16]]), np.array([0.99, 0.9]), np.zeros((2, 0))
    )
    (track,) = viterbi_link(seen)
    assert np.array_equal(np.array(track.boxes), clip.boxes)
    assert measured([clip], [seen], linker=viterbi_link)["video_ap_05_095"] == pytest.approx(1.0)


def test_boxes_aside_count_at_a_half_and_not_at_seven_tenths() -> None:
    clip = _clip("a", 3)  # 10 px aside of 50 x 120: an IoU of 0.58
    found = measured([clip], [_seen(clip, shift_px=10.0)])
    assert (found["recall_05"], found["recall_07"]) == (1.0, 0.0)
    assert found["video_ap_05"] == pytest.approx(1.0) and found["video_ap_05_095"] < 0.3


def test_classes_decide_with_action_scores() -> None:
    clips = [_clip("a", 3), _clip("b", 11)]
    seen = [_seen(clip) for clip in clips]
    right = ClassScores((3, 11), {"a": np.array([0.9, 0.1]), "b": np.array([0.2, 0.8])})
    wrong = ClassScores((3, 11), {"a": np.array([0.1, 0.9]), "b": np.array([0.8, 0.2])})
    assert measured(clips, seen, right)["video_ap_05"] == pytest.approx(1.0)
    assert measured(clips, seen, wrong)["video_ap_05"] < 0.6


def test_action_scores_of_unknown_classes_are_refused(tmp_path: Path) -> None:
    path = tmp_path / "scores.json"
    path.write_text(json.dumps({"classes": ["fly"], "scores": {"a": [1.0]}}))
    with pytest.raises(InvalidInput, match="no class 'fly'"):
        read_actions(path)
    path.write_text(json.dumps({"classes": ["walk", "run"], "scores": {"a": [1.0]}}))
    with pytest.raises(InvalidInput, match="a needs a score for each class"):
        read_actions(path)
