"""Synthetic clips: the same from the same seed, and true in what they say of themselves."""

from __future__ import annotations

import hashlib
from fractions import Fraction
from pathlib import Path

import av
import numpy as np
import pytest

from mlbackend.data.body import INDEX, joints, project
from mlbackend.data.demo import demo_specs, random_spec
from mlbackend.data.figure import Clothes, draw_figure
from mlbackend.data.motion import ACTIONS, MOTIONS, Manner
from mlbackend.data.synthetic import (
    Act,
    ClipSpec,
    PersonSpec,
    PostSpec,
    clip_truth,
    render_clip,
    write_clip,
)
from mlbackend.data.truth import truth_spans, truth_tubes

GRAY = Clothes((60, 60, 60), (60, 60, 60), (60, 60, 60), (60, 60, 60), (60, 60, 60), True)


def _walker(**fields: object) -> PersonSpec:
    return PersonSpec(acts=(Act(0.0, ("walk",)),), **fields)  # type: ignore[arg-type]


def _digest(spec: ClipSpec) -> str:
    frames, _ = render_clip(spec)
    digest = hashlib.sha256()
    for frame in frames:
        digest.update(frame.tobytes())
    return digest.hexdigest()


def test_a_clip_follows_from_its_specification() -> None:
    spec = random_spec("a", 7, duration_s=1.0, camera="shake", post=True)
    assert _digest(spec) == _digest(spec)
    assert _digest(spec) != _digest(random_spec("a", 8, duration_s=1.0, camera="shake", post=True))


def test_the_mask_is_what_was_drawn() -> None:
    frame = np.full((200, 160, 3), 255, np.uint8)
    mask = np.zeros((200, 160), np.uint8)
    flat, depth = project(joints(MOTIONS["run"].pose(0.3, Manner())), 1.2)
    points = np.column_stack([80 + 120 * flat[:, 0], 180 - 120 * flat[:, 1]])
    draw_figure(frame, points, depth, 120.0, GRAY, mask)
    rows, columns = np.nonzero(frame.min(axis=2) < 200)
    inside = np.nonzero(mask)
    for drawn, masked in ((rows, inside[0]), (columns, inside[1])):
        assert abs(int(drawn.min()) - int(masked.min())) <= 1
        assert abs(int(drawn.max()) - int(masked.max())) <= 1


@pytest.mark.parametrize("action", ACTIONS)
def test_bodies_keep_their_bones(action: str) -> None:
    bones = [("hip_l", "knee_l"), ("knee_r", "ankle_r"), ("elbow_l", "hand_l"), ("chin", "crown")]
    lengths = []
    for t_s in np.linspace(0.0, 2.0, 21):
        points = joints(MOTIONS[action].pose(float(t_s), Manner()))
        lengths.append([np.linalg.norm(points[INDEX[a]] - points[INDEX[b]]) for a, b in bones])
        lowest = points[:, 1].min()
        assert lowest == pytest.approx(MOTIONS[action].pose(float(t_s), Manner()).lift + 0.02)
    np.testing.assert_allclose(np.ptp(lengths, axis=0), 0.0, atol=1e-9)


def test_somebody_behind_a_post_is_occluded_then_seen_again() -> None:
    spec = ClipSpec(
        "post",
        3,
        people=(_walker(x=0.25, height_px=110.0, foot_y=0.8),),
        posts=(PostSpec(0.5, half_px=24.0),),
        duration_s=4.0,
    )
    person = clip_truth(spec).people[0]
    clear = person.visible & ~person.occluded
    hidden = person.occluded | ~person.visible
    assert clear[0] and clear[-1] and hidden.any()
    widths = person.boxes[:, 2] - person.boxes[:, 0]
    assert np.nanmin(widths[hidden]) < np.nanmedian(widths[clear])


def test_two_actions_at_once_and_their_frames() -> None:
    acts = (Act(0.0), Act(0.5, ("walk", "wave")), Act(2.0, ("fall",)))
    spec = ClipSpec("both", 5, (PersonSpec(acts=acts),), duration_s=3.0, fps=Fraction(20))
    person = clip_truth(spec).people[0]
    assert person.actions == [("walk", 10, 40), ("wave", 10, 40), ("fall", 40, 60)]
    standing, lying = person.boxes[5], person.boxes[58]
    assert standing[3] - standing[1] > 2 * (standing[2] - standing[0])
    assert lying[2] - lying[0] > 2 * (lying[3] - lying[1])


def test_runners_are_faster_than_walkers() -> None:
    moved = {}
    for action in ("walk", "run"):
        person = PersonSpec(acts=(Act(0.0, (action,)),), x=0.2, height_px=80.0)
        boxes = clip_truth(ClipSpec("pace", 1, (person,), duration_s=1.5)).people[0].boxes
        moved[action] = boxes[-1, [0, 2]].mean() - boxes[0, [0, 2]].mean()
    assert moved["run"] > 1.6 * moved["walk"] > 0


def test_a_written_clip_has_every_frame(tmp_path: Path) -> None:
    spec = random_spec("w", 2, people=1, duration_s=1.0)
    truth = write_clip(tmp_path / "w.mp4", spec)
    assert not np.isnan(truth.people[0].boxes).any()
    frames, _ = render_clip(spec)
    with av.open(str(tmp_path / "w.mp4")) as container:
        decoded = [f.to_ndarray(format="bgr24") for f in container.decode(video=0)]
    rendered = list(frames)
    assert len(decoded) == len(rendered) == 25
    errors = [np.abs(a.astype(int) - b).mean() for a, b in zip(decoded, rendered, strict=True)]
    assert max(errors) < 8


def test_truth_as_annotations() -> None:
    spec = random_spec("t", 11, people=2, duration_s=3.0)
    truth = clip_truth(spec)
    tubes = truth_tubes(truth, 4)
    spans = truth_spans(truth, {"walk": 1, "run": 2})
    assert [tube.number for tube in tubes] == [1, 2]
    for tube, person in zip(tubes, truth.people, strict=True):
        frames, boxes = tube.dense()
        np.testing.assert_allclose(boxes, person.boxes[frames])
    wanted = [(n, s, e) for p in truth.people for n, s, e in p.actions if n in ("walk", "run")]
    assert [(s.label_id, s.start_frame, s.end_frame) for s in spans] == [
        ({"walk": 1, "run": 2}[name], start, end) for name, start, end in wanted
    ]


def test_the_demo_shows_every_action() -> None:
    shown = {
        name for spec in demo_specs() for p in spec.people for a in p.acts for name in a.actions
    }
    assert shown == set(ACTIONS)
    assert {spec.camera for spec in demo_specs()} == {"still", "pan", "shake"}
