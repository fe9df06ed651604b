"""Packed features: the same as in the cache, whatever happens to their files."""

from pathlib import Path

import numpy as np
import pytest

from mlbackend.data.features import FeatureCache, tube_windows
from mlbackend.data.hog_hof_descriptor import HOG_HOF
from mlbackend.select import packed
from mlbackend.select.packed import PackedFeatures, Wanted
from mlbackend.train.features import clip_of
from tests.mlbackend.select.planning import keep, scene, tube


class Sparse:
    """HOG/HOF that looks at every third window: those between are interpolated."""

    key, length, every = "sparse", HOG_HOF.length, 3


def wanted(n: int, first: int = 1) -> list[Wanted]:
    """n tubes of three seconds and more."""
    box = (10, 10, 60, 200)
    tubes = [tube(i, [(i, box), (i + 30 + i % 7, box)]) for i in range(first, first + n)]
    one = scene(tubes)
    return [Wanted(clip_of(one.video), each) for each in tubes]


def kept(folder: Path, asked: list[Wanted]) -> None:
    """Their features in the cache: tube i has i everywhere."""
    one = scene([each.tube for each in asked])
    keep(folder, one, {each.tube.number: [float(each.tube.number)] for each in asked})  # type: ignore[misc, arg-type]


def test_rows_and_windows_are_those_of_the_cache(tmp_path: Path) -> None:
    asked = wanted(20)
    kept(tmp_path, asked)
    for _ in range(2):
        for one, place in zip(
            asked, PackedFeatures(tmp_path, "p", HOG_HOF).find(asked), strict=True
        ):
            assert place is not None
            assert place.windows.tolist() == tube_windows(one.tube, one.clip.timebase).tolist()
            assert place.rows[:, 0].tolist() == [one.tube.number] * place.count


def test_once_packed_the_single_files_are_not_opened(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked = wanted(20)
    kept(tmp_path, asked)
    PackedFeatures(tmp_path, "p", HOG_HOF).find(asked)
    monkeypatch.setattr(FeatureCache, "read", lambda *_: pytest.fail("a file was opened"))
    assert None not in PackedFeatures(tmp_path, "p", HOG_HOF).find(asked[::-1])


def test_what_was_never_computed_is_none_until_it_is(tmp_path: Path) -> None:
    asked = wanted(4)
    kept(tmp_path, asked[:2])
    found = PackedFeatures(tmp_path, "p", HOG_HOF).find(asked)
    assert [place is None for place in found] == [False, False, True, True]
    kept(tmp_path, asked[2:])
    assert None not in PackedFeatures(tmp_path, "p", HOG_HOF).find(asked)


def test_a_corrected_tube_has_no_features_of_before(tmp_path: Path) -> None:
    (one,) = wanted(1)
    kept(tmp_path, [one])
    assert PackedFeatures(tmp_path, "p", HOG_HOF).find([one])[0] is not None
    other = Wanted(one.clip, tube(1, [(1, (11, 10, 61, 200)), (32, (11, 10, 61, 200))]))
    assert PackedFeatures(tmp_path, "p", HOG_HOF).find([other]) == [None]


def test_vectors_that_are_no_numbers_are_left_out(tmp_path: Path) -> None:
    one, other = wanted(2)
    kept(tmp_path, [one, other])
    cache = FeatureCache(tmp_path)
    vectors = cache.read(one.clip, one.tube, HOG_HOF)
    vectors[min(vectors)] = np.full(HOG_HOF.length, np.nan, dtype=np.float32)
    cache.write(one.clip, one.tube, HOG_HOF, vectors)
    nothing = {w: np.full(HOG_HOF.length, np.inf, dtype=np.float32) for w in vectors}
    cache.write(other.clip, other.tube, HOG_HOF, nothing)
    place, none = PackedFeatures(tmp_path, "p", HOG_HOF).find([one, other])
    assert none is None
    assert place is not None and place.count == len(vectors) - 1


def test_windows_between_are_interpolated_as_ever(tmp_path: Path) -> None:
    from mlbackend.data.features import Window, tube_features

    (one,) = wanted(1)
    windows = tube_windows(one.tube, one.clip.timebase)
    rows = np.random.default_rng(0).normal(size=(len(windows), HOG_HOF.length)).astype(np.float32)
    cache = FeatureCache(tmp_path)
    cache.write(
        one.clip, one.tube, Sparse(),  # type: ignore[arg-type]
        {(int(a), int(b)): row for (a, b), row in zip(windows, rows, strict=True)},
    )  # fmt: skip
    (place,) = PackedFeatures(tmp_path, "p", Sparse()).find([one])  # type: ignore[arg-type]
    asked = [Window(0, int(a), int(b)) for a, b in windows]
    expected = tube_features(one.clip, [one.tube], asked, cache, Sparse(), decode=False)  # type: ignore[arg-type]
    assert place is not None and np.array_equal(place.rows, expected)


@pytest.mark.parametrize("what", ["*.index.npz", "*.vectors.npy"])
@pytest.mark.parametrize("damage", ["gone", "empty", "noise"])
def test_a_damaged_part_is_made_again(tmp_path: Path, what: str, damage: str) -> None:
    asked = wanted(5)
    kept(tmp_path, asked)
    PackedFeatures(tmp_path, "p", HOG_HOF).find(asked)
    (path,) = (tmp_path / "packed").rglob(what)
    if damage == "gone":
        path.unlink()
    else:
        path.write_bytes(b"" if damage == "empty" else b"PK\x03\x04 nothing of the kind" * 9)
    found = PackedFeatures(tmp_path, "p", HOG_HOF).find(asked)
    assert [int(place.rows[0, 0]) for place in found if place] == [1, 2, 3, 4, 5]


def test_many_parts_become_one_and_what_is_gone_goes(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(packed, "LEAST_ROWS", 1)
    asked = wanted(12)
    kept(tmp_path, asked)
    for n in range(12):
        PackedFeatures(tmp_path, "p", HOG_HOF).find(asked[: n + 1])
    found = PackedFeatures(tmp_path, "p", HOG_HOF).find(asked)
    assert [int(place.rows[0, 0]) for place in found if place] == list(range(1, 13))
    parts = list((tmp_path / "packed").rglob("*.index.npz"))
    assert len(parts) <= packed.MOST_PARTS
    few = PackedFeatures(tmp_path, "p", HOG_HOF).find(asked[:2])
    assert [int(place.rows[0, 0]) for place in few if place] == [1, 2]
    (vectors,) = (tmp_path / "packed").rglob("*.vectors.npy")
    assert len(np.load(vectors)) == sum(place.count for place in few if place)


def test_where_nothing_can_be_written_ranking_goes_on(tmp_path: Path) -> None:
    asked = wanted(3)
    kept(tmp_path, asked)
    (tmp_path / "packed").write_text("not a folder")
    found = PackedFeatures(tmp_path, "p", HOG_HOF).find(asked)
    assert [int(place.rows[0, 0]) for place in found if place] == [1, 2, 3]
