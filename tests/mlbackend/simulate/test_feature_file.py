"""Feature files: what is read, what is refused and in which words, and how they are split."""

from pathlib import Path
from typing import Any

import numpy as np
import pytest

from labeling.domain.errors import InvalidInput
from mlbackend.simulate import feature_file
from mlbackend.simulate.problem import check, rare
from tests.mlbackend.simulate.data import NAMES, blobs, several, written


def test_names_become_classes(tmp_path: Path) -> None:
    table = feature_file.read(written(tmp_path, **blobs()))
    assert (table.kind, table.classes) == ("one", NAMES)
    assert [table.classes[c] for c in table.Y[:6]] == ["fall", "fall", "run", "run", "walk", "walk"]
    assert table.about()["sources"] == 30
    assert len(table.about()["file_sha256"]) == 64


def test_several_labels_keep_what_was_not_asked(tmp_path: Path) -> None:
    table = feature_file.read(written(tmp_path, **several()))
    assert (table.kind, table.classes) == ("several", NAMES)
    assert table.Y[0, 1] == -1
    assert table.problem(0).metric == "mean_ap"


def test_x_and_y_are_enough_and_groups_are_tubes(tmp_path: Path) -> None:
    data = blobs()
    alone = feature_file.read(written(tmp_path, X=data["X"], y=data["y"]))
    assert len(set(alone.tubes)) == len(data["X"])
    grouped = feature_file.read(written(tmp_path, X=data["X"], y=data["y"], groups=data["tubes"]))
    assert grouped.tubes.tolist() == grouped.sources.tolist() == data["tubes"].tolist()


def test_numbers_are_places_in_the_classes(tmp_path: Path) -> None:
    path = written(tmp_path, X=np.eye(4), y=np.array([2, 0, 1, 2]), classes=np.array(NAMES))
    assert feature_file.read(path).Y.tolist() == [2, 0, 1, 2]


@pytest.mark.parametrize("seed", range(4))
def test_no_source_is_in_pool_and_test(tmp_path: Path, seed: int) -> None:
    data = blobs()
    table = feature_file.read(written(tmp_path, **data))
    in_test = table._drawn(seed)
    assert not set(data["sources"][in_test]) & set(data["sources"][~in_test])
    assert 0.25 < in_test.mean() < 0.42
    problem = table.problem(seed)
    assert (problem.pool.size, problem.test.size) == ((~in_test).sum() / 2, in_test.sum() / 2)
    assert len(np.unique(problem.test.Y)) == 3


def test_seeds_split_differently_even_where_sources_differ_in_size(tmp_path: Path) -> None:
    """Ten recordings of 2 to 11 tubes: each is tested in some seeds and not in others."""
    sources = np.repeat(np.arange(10), np.arange(2, 12))
    data = {"X": np.zeros((len(sources), 2)), "y": np.arange(len(sources)) % 2, "sources": sources}
    table = feature_file.read(written(tmp_path, **data))
    tested = [set(table.sources[table._drawn(seed)].tolist()) for seed in range(20)]
    assert len({frozenset(each) for each in tested}) > 10
    assert set.union(*tested) == set(table.sources.tolist())
    assert not set.intersection(*tested)


def test_the_last_source_of_a_class_stays_in_the_pool(tmp_path: Path) -> None:
    data = blobs()
    data["y"] = data["y"].astype("U8")
    data["y"][data["sources"] == "film 4"] = "dance"
    table = feature_file.read(written(tmp_path, **data))
    assert not any((table.sources[table._drawn(seed)] == "film 4").any() for seed in range(10))


def test_a_split_that_is_given_is_kept(tmp_path: Path) -> None:
    split = np.where(np.arange(180) < 120, "pool", "test")
    table = feature_file.read(written(tmp_path, **blobs(), split=split))
    problems = [table.problem(seed) for seed in (0, 1)]
    assert [len(p.pool.X) for p in problems] == [120, 120]
    assert problems[0].test.digest() == problems[1].test.digest()


BAD = {
    "no y": ({"y": None}, "lacks 'y'; it takes X, y and may have tubes, sources, split, classes"),
    "unknown key": ({"labels": np.zeros(3)}, "'labels', which means nothing here"),
    "NaN": ({"X": np.where(np.arange(720) == 9, np.nan, 1.0).reshape(180, 4)}, "row 2, column 1"),
    "text": ({"X": np.full((180, 2), "a")}, "X is .* of numbers"),
    "flat X": ({"X": np.zeros(180)}, "X is .*got float64"),
    "no rows": ({"X": np.zeros((0, 4))}, "no rows"),
    "short y": ({"y": np.zeros(3, dtype=int)}, "'y' has 3 entries for 180 rows"),
    "fractions": ({"y": np.linspace(0, 1, 180)}, "whole number or a name"),
    "objects": ({"y": np.array([None] * 180)}, "Store names as text"),
    "twos": ({"y": np.full((180, 3), 2)}, "1 .*yes.*, 0 .*no.* and -1"),
    "classes": ({"classes": np.array(["run", "walk"])}, "'fall', which is not among the classes"),
    "split word": ({"split": np.array(["pool"] * 179 + ["dev"])}, "split says 'dev'"),
    "cut source": ({"split": np.array(["pool"] * 179 + ["test"])}, "Source 'film 29' is on both"),
    "cut tube": ({"sources": np.arange(180)}, "Tube 'tube 0' comes from the sources 0, 1"),
    "both names": ({"groups": np.arange(180)}, "both 'tubes' and 'groups'"),
}


@pytest.mark.parametrize("case", sorted(BAD))
def test_it_says_what_is_wrong(tmp_path: Path, case: str) -> None:
    changes, words = BAD[case]
    arrays: dict[str, Any] = {k: v for k, v in (blobs() | changes).items() if v is not None}
    with pytest.raises(InvalidInput, match=words):
        feature_file.read(written(tmp_path, **arrays))


def test_other_files_are_refused(tmp_path: Path) -> None:
    with pytest.raises(InvalidInput, match="No such file"):
        feature_file.read(tmp_path / "nowhere.npz")
    np.save(tmp_path / "one.npy", np.eye(3))
    with pytest.raises(InvalidInput, match="holds one array"):
        feature_file.read(tmp_path / "one.npy")
    whole = written(tmp_path, **blobs())
    whole.write_bytes(whole.read_bytes()[:500])
    with pytest.raises(InvalidInput, match="cut off"):
        feature_file.read(whole)


def test_labels_that_are_all_alike_are_refused(tmp_path: Path) -> None:
    data = blobs()
    for y in (np.full(180, "run"), np.ones((180, 2), dtype=int)):
        table = feature_file.read(written(tmp_path, **(data | {"y": y})))
        with pytest.raises(InvalidInput, match="all alike"):
            check(table.problem(0))


def test_two_sources_cannot_be_split(tmp_path: Path) -> None:
    table = feature_file.read(written(tmp_path, **(blobs() | {"sources": np.arange(180) // 90})))
    with pytest.raises(InvalidInput, match="2 sources; it takes 3"):
        table.problem(0)


def test_a_class_with_one_example_is_told_of(tmp_path: Path) -> None:
    data = blobs()
    data["y"] = data["y"].astype("U8")
    data["y"][:2] = "dance"
    said = [rare(feature_file.read(written(tmp_path, **data)).problem(seed)) for seed in range(9)]
    flat = {note for notes in said for note in notes}
    assert flat >= {
        "Class 'dance' has one example in the pool.",
        "Class 'dance' has no example in the test set: it is not measured.",
    }
