import io
import random

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.io import loadmat, savemat

from labeling.domain.errors import InvalidInput
from labeling.formats import mat5


def saved(path, compressed=False, **variables):
    savemat(path, variables, do_compression=compressed)
    return path


@pytest.mark.parametrize("compressed", [False, True])
def test_structs_cells_numbers_and_text(tmp_path, compressed):
    tubes = [{"sf": 1.0, "boxes": np.array([[1, 2], [3, 250]], dtype=np.uint8)}, {"sf": -2.5}]
    path = saved(
        tmp_path / "a.mat", compressed, name="v_Bäker", tubes={"one": tubes[0], "none": []},
        cells=np.array(["a", np.arange(3)], dtype=object), big=np.array([[2**40]]), flag=np.True_,
    )  # fmt: skip
    found = mat5.load(path, "a.mat")
    assert found["name"] == "v_Bäker" and found["big"].tolist() == [[2**40]]
    (tube,) = found["tubes"]
    assert tube["one"][0]["boxes"].tolist() == [[1, 2], [3, 250]]
    assert tube["one"][0]["sf"].tolist() == [[1.0]] and np.asarray(tube["none"]).size == 0
    assert found["cells"][0] == "a" and found["cells"][1].ravel().tolist() == [0, 1, 2]
    assert found["flag"].tolist() == [[1]]


@settings(max_examples=60, deadline=None)
@given(
    shape=st.lists(st.integers(0, 4), min_size=2, max_size=3),
    kind=st.sampled_from(["u1", "i1", "u2", "i4", "f4", "f8", "i8"]),
    compressed=st.booleans(),
)
def test_arrays_are_read_as_scipy_reads_them(tmp_path_factory, shape, kind, compressed):
    values = np.arange(np.prod(shape)).reshape(shape).astype(kind)
    path = saved(tmp_path_factory.mktemp("mat") / "a.mat", compressed, values=values)
    np.testing.assert_array_equal(mat5.load(path, "")["values"], loadmat(path)["values"])


def test_the_real_files_are_read_as_scipy_reads_them(shared_data):
    path = shared_data / "ucf101_24/finalAnnots.mat"
    mine, theirs = mat5.load(path, "")["annot"], loadmat(path)["annot"][0]
    assert len(mine) == len(theirs) == 3194
    for one, other in zip(mine[::20], theirs[::20], strict=True):
        assert one["name"] == other["name"][0]
        for tube, expected in zip(one["tubes"], other["tubes"][0], strict=True):
            for field in ("sf", "ef", "class", "boxes"):
                np.testing.assert_array_equal(tube[field], expected[field])
    names = mat5.load(shared_data / "ucf101_24/testlist.mat", "")["testlist"]
    assert len(names) == 910 and names[0] == "Basketball/v_Basketball_g01_c01"


def test_a_damaged_file_is_refused_or_read_and_never_worse(tmp_path):
    """A library in C that read such files ended the process."""
    buffer, chance = io.BytesIO(), random.Random(1)
    tube = {"sf": 1.0, "ef": 2.0, "class": 1.0, "boxes": np.ones((2, 4))}
    savemat(buffer, {"annot": {"num_imgs": 2.0, "name": "a", "tubes": tube}})
    path, outcomes = tmp_path / "a.mat", set()
    for _ in range(1500):
        data = bytearray(buffer.getvalue())
        for _ in range(chance.randint(1, 3)):
            data[chance.randrange(124, len(data))] = chance.choice([0, 1, 127, 255])
        path.write_bytes(data[: chance.choice([None, 200, 400])])
        try:
            mat5.load(path, "a.mat")
            outcomes.add("read")
        except InvalidInput as refused:
            assert refused.message.startswith("a.mat cannot be read as a .mat file: ")
            outcomes.add("refused")
    assert outcomes == {"read", "refused"}


def test_sparse_and_nested_without_end_are_refused(tmp_path):
    from scipy.sparse import eye_array

    deep = 1.0
    for _ in range(12):
        deep = {"a": deep}
    for value, reason in ((eye_array(3), "no struct"), (deep, "nested deeper")):
        with pytest.raises(InvalidInput, match=reason):
            mat5.load(saved(tmp_path / "a.mat", value=value), "a.mat")
