"""Feature files made of real clips: what `simulate` reads is what the clips are."""

import numpy as np
import pytest

from labeling.domain.errors import InvalidInput
from mlbackend.bench import features
from mlbackend.bench.clips import SETS, ClipSet
from mlbackend.simulate import feature_file


def test_clips_become_tubes_of_their_source(shared_data, tmp_path, monkeypatch):
    whole = SETS["ut"]
    few = ClipSet(whole.title, lambda data: whole.read(data)[::20], whole.classes, whole.folds)
    monkeypatch.setitem(SETS, "ut", few)
    out, said = tmp_path / "ut.npz", []
    options = {"set": "ut", "data": shared_data, "rows": "windows", "out": out, "appearance": None}
    figures = features.run(options, said.append)
    clips = few.read(shared_data)
    table = feature_file.read(out)
    assert figures["clips"] == len(clips) == 3
    assert sorted(set(table.tubes)) == sorted(clip.name for clip in clips)
    assert set(table.sources) == {clip.source for clip in clips}
    for clip in clips:
        own = table.Y[table.tubes == clip.name]
        assert {table.classes[c] for c in own} == {whole.classes[clip.label]}
    assert np.isfinite(table.X).all()
    assert str(out) in said[-1]


def test_a_folder_without_clips_is_said(tmp_path):
    options = {"set": "ut", "data": tmp_path, "rows": "whole", "appearance": None}
    options["out"] = tmp_path / "x.npz"
    with pytest.raises(InvalidInput, match="holds no clips"):
        features.run(options, print)


def test_a_file_that_cannot_be_written_is_said(tmp_path):
    with pytest.raises(InvalidInput, match="cannot be written"):
        features._written(tmp_path / "nowhere" / "x.npz", {"X": np.eye(2)})
