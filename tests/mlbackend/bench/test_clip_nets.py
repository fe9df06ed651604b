"""Nets on labeled clips: what they are shown, and that they learn what there is to learn."""

from __future__ import annotations

from fractions import Fraction
from pathlib import Path

import numpy as np
import pytest
import torch

from labeling.domain.errors import NotFound
from labeling.domain.timebase import Timebase
from mlbackend.bench import clip_nets
from mlbackend.bench.clips import LabeledClip
from mlbackend.bench.folds import grouped_folds
from mlbackend.data.pixels import tube_region
from mlbackend.data.synthetic import Act, ClipSpec, PersonSpec, write_clip
from mlbackend.data.tube_body import TubeBody
from tests.mlbackend.train.net import tiny


def test_a_smaller_input_is_that_of_the_same_net() -> None:
    spec = clip_nets.small_spec("i3d", clip_nets.Small(size=32, frames=16, step_s=0.2))
    wanted = spec.inputs[0]
    assert (wanted.size, wanted.frames, wanted.step_s) == (32, 16, 0.2)
    assert spec.build(3).state_dict()["logits.conv3d.weight"].shape[0] == 3
    with pytest.raises(NotFound, match="no net called c3po"):
        clip_nets.small_spec("c3po", clip_nets.Small(32, 16, 0.2))


def test_without_boxes_the_crop_is_as_wide_as_the_picture(tmp_path: Path) -> None:
    path = tmp_path / "wide.mp4"
    _write(path, 0, light=1.0)
    timebase = Timebase((1, 10), np.arange(8), 8)
    tube = clip_nets.net_tube(LabeledClip(path, 0, "a"), timebase)
    box, reach = TubeBody(tube, timebase).at(3)
    assert tube_region(box, reach).tolist() == pytest.approx([0.0, -20.0, 160.0, 140.0], abs=1e-4)
    boxes = np.tile([10.0, 20.0, 50.0, 90.0], (8, 1))
    actor = clip_nets.net_tube(LabeledClip(path, 0, "a", 0, boxes), timebase)
    assert actor.keyframes[0].box.as_list() == [10.0, 20.0, 50.0, 90.0]


def test_a_fresh_net_neither_shrinks_nor_drops_anything() -> None:
    spec = clip_nets.small_spec("i3d", clip_nets.Small(size=32, frames=16, step_s=0.2))
    net = clip_nets.fresh_net(spec, tiny.samples(), seed=3)
    clips = torch.randn(2, 3, 16, 32, 32, generator=torch.Generator().manual_seed(0))
    with torch.no_grad():
        size = float(net.embed([clips]).mean())
    assert 0.05 < size < 20.0
    assert {m.p for m in net.modules() if isinstance(m, torch.nn.Dropout)} == {0.0}
    again = clip_nets.fresh_net(spec, tiny.samples(), seed=3)
    for one, other in zip(net.parameters(), again.parameters(), strict=True):
        torch.testing.assert_close(one, other, rtol=0, atol=0)


def test_a_net_learns_in_each_fold_and_answers_for_its_test_clips_alone(tmp_path: Path) -> None:
    clips = []
    for number in range(12):
        path = tmp_path / f"{number}.mp4"
        boxes = _write(path, number, light=(1.0, 0.3)[number % 2])
        clips.append(LabeledClip(path, number % 2, str(number // 2), 0, boxes))
    folds = grouped_folds([c.label for c in clips], [c.source for c in clips], 3)[:2]
    spec = tiny.spec()
    files = clip_nets.stored_clips(spec, clips, tmp_path)
    params = clip_nets.from_scratch(10, 0, lr=0.03, batch=4)
    said: list[str] = []
    found = clip_nets.cross_scores(spec, files, clips, 2, folds, params, tmp_path, said.append)
    tested = np.zeros(12, dtype=bool)
    tested[np.concatenate([test for _, test in folds])] = True
    for scores in found.by_name().values():
        assert (~np.isnan(scores).any(axis=1)).tolist() == tested.tolist()
    labels = np.array([clip.label for clip in clips])
    assert (found.trained.argmax(axis=1) == labels)[tested].all()
    assert len([line for line in said if "fold" in line]) == 2


def _write(path: Path, number: int, light: float) -> np.ndarray:
    person = PersonSpec((Act(0.0),), x=0.5, height_px=80.0)
    spec = ClipSpec(
        path.stem, number, (person,), duration_s=0.8, width=160, height=120, fps=Fraction(10),
        light=light,
    )  # fmt: skip
    return write_clip(path, spec).people[0].boxes
